import { describe, expect, it } from "vitest";

import { corrected, correction, inferred, type Column, type Role } from "./roles";

const role = (columns: readonly Column[], name: string): Role | undefined =>
  columns.find((column) => column.name === name)?.role;

describe("inferred roles", () => {
  const columns = inferred(["timestamp", "y_true", "y_pred", "age", "input"], ["timestamp", "y_pred", "age", "input"]);

  it.each([
    ["timestamp", "timestamp"],
    ["y_true", "label"],
    ["y_pred", "prediction"],
    ["age", "property"],
    ["input", "text"],
  ])("%s plays %s", (name, expected) => {
    expect(role(columns, name)).toBe(expected);
  });

  it("don't mind capitals, blanks and dashes", () => {
    expect(role(inferred(["Y Pred"], ["Y Pred"]), "Y Pred")).toBe("prediction");
  });

  it("take the better name where there are two", () => {
    const both = inferred(["prediction", "y_pred"], ["prediction", "y_pred"]);
    expect([role(both, "prediction"), role(both, "y_pred")]).toEqual(["prediction", "property"]);
  });

  it("ask for a prediction on both sides, and for a label on evaluation alone", () => {
    const columns = inferred(["prediction", "label"], ["label_2"]);
    expect([role(columns, "prediction"), role(columns, "label")]).toEqual(["property", "label"]);
  });

  it("survive names that objects already have", () => {
    expect(role(inferred(["constructor", "__proto__"], []), "__proto__")).toBe("property");
  });
});

describe("a correction", () => {
  const before = inferred(["timestamp", "y_pred", "y_true", "age"], ["timestamp", "y_pred", "age"]);

  it("of nothing says nothing", () => {
    const { single, many } = correction(before, before);
    expect([single.size, many.size]).toEqual([0, 0]);
  });

  it("names a role that moved, whose former column is a property", () => {
    const after = corrected(before, "age", "prediction");
    expect(role(after, "y_pred")).toBe("property");
    expect([...correction(before, after).single]).toEqual([["prediction", "age"]]);
  });

  it("names the columns to leave out", () => {
    expect(correction(before, corrected(before, "age", "ignore")).many.get("ignore")).toEqual(["age"]);
  });

  it("names the properties where a role was taken away, which would be inferred again", () => {
    const after = corrected(before, "y_true", "property");
    expect(correction(before, after).many.get("properties")).toEqual(["y_true", "age"]);
  });
});
