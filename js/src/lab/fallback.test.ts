import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { Widget } from "@lumino/widgets";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ViewOrFacts, WIDGET_VIEW } from "./fallback";

/** Plays JupyterLab's renderers: text while it waits or fails, an element when the view is live. */
class Renderer extends Widget implements IRenderMime.IRenderer {
  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.node.textContent = String(model.data["text/html"] ?? "");
    return Promise.resolve();
  }
}

class Waiting extends Renderer {
  override renderModel(): Promise<void> {
    this.node.textContent = "Loading widget...";
    return new Promise(() => undefined);
  }
  fail(): void {
    this.node.textContent = "Error displaying widget: model not found";
    this.addClass("jupyter-widgets");
  }
  live(): void {
    this.node.textContent = "";
    this.node.append(document.createElement("div"));
  }
}

const model = (facts: string | undefined) =>
  ({ data: { [WIDGET_VIEW]: { model_id: "gone" }, "text/html": facts } }) as unknown as IRenderMime.IMimeModel;

const shows = (widget: ViewOrFacts): boolean => widget.node.dataset["prodmonStatic"] === "true";

async function rendered(facts: string | undefined): Promise<{ view: Waiting; widget: ViewOrFacts }> {
  const view = new Waiting();
  const widget = new ViewOrFacts(view, (type) => (type === WIDGET_VIEW ? new Waiting() : new Renderer()));
  void widget.renderModel(model(facts));
  await vi.advanceTimersByTimeAsync(0);
  return { view, widget };
}

describe("a view whose model is gone", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("shows its facts at once when the widget renderer gives up", async () => {
    const { view, widget } = await rendered('<div class="prodmon-facts">figures</div>');
    expect(shows(widget)).toBe(false);
    view.fail();
    await vi.advanceTimersByTimeAsync(1);
    expect(shows(widget)).toBe(true);
    expect(widget.node.textContent).toContain("figures");
  });

  it("shows its facts when nothing has come for a while", async () => {
    const { widget } = await rendered('<div class="prodmon-facts">figures</div>');
    await vi.advanceTimersByTimeAsync(5000);
    expect(shows(widget)).toBe(true);
  });

  it("gives way to a live view, also to a late one", async () => {
    const { widget } = await rendered('<div class="prodmon-facts">figures</div>');
    await vi.advanceTimersByTimeAsync(5000);
    (widget.widgets[0] as Waiting).live();
    await vi.advanceTimersByTimeAsync(1);
    expect(shows(widget)).toBe(false);
  });

  it("shows its facts and the cure when a part of it can't be loaded", async () => {
    const { view, widget } = await rendered('<div class="prodmon-facts">figures</div>');
    view.live();
    await vi.advanceTimersByTimeAsync(1);
    expect(shows(widget)).toBe(false);
    const broken = document.createElement("div");
    broken.className = "jupyter-widgets-error-widget";
    view.node.firstElementChild?.append(broken);
    await vi.advanceTimersByTimeAsync(5000);
    expect(shows(widget)).toBe(true);
    const cure = widget.node.querySelector(".prodmon-cure:not(.lm-mod-hidden)");
    expect(cure?.textContent).toMatch(/Install the same versions where both run, and reload the page/);
  });

  it("stays hidden when its view was closed", async () => {
    const { view, widget } = await rendered('<div class="prodmon-facts">figures</div>');
    view.hide();
    await vi.advanceTimersByTimeAsync(5000);
    expect(shows(widget)).toBe(false);
  });

  it("is made anew while it waits, since a manager that comes later doesn't find it", async () => {
    const made: Waiting[] = [];
    const first = new Waiting();
    const widget = new ViewOrFacts(first, (type) => {
      const renderer = type === WIDGET_VIEW ? new Waiting() : new Renderer();
      if (renderer instanceof Waiting) made.push(renderer);
      return renderer;
    });
    void widget.renderModel(model('<div class="prodmon-facts">figures</div>'));
    await vi.advanceTimersByTimeAsync(500);
    expect(first.isDisposed).toBe(true);
    expect(made.length).toBe(1);
    made[0]?.live();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(made.length).toBe(1);
    expect(shows(widget)).toBe(false);
    expect(widget.widgets[0]).toBe(made[0]);
  });

  it("leaves other packages' widgets alone", async () => {
    const { widget } = await rendered("<b>theirs</b>");
    await vi.advanceTimersByTimeAsync(5000);
    expect(widget.widgets.length).toBe(1);
  });
});
