/** What the settings editor offers, read with defaults. */

export const WINDOWS = ["all", "last 7 days", "last 30 days", "worst week"] as const;
export const PALETTES = ["default", "high contrast"] as const;

export interface Settings {
  readonly defaultWindow: (typeof WINDOWS)[number];
  readonly palette: (typeof PALETTES)[number];
  readonly sampleCap: number;
}

export const DEFAULTS: Settings = { defaultWindow: "all", palette: "default", sampleCap: 50 };

function oneOf<T extends string>(allowed: readonly T[], value: unknown, fallback: T): T {
  return allowed.find((option) => option === value) ?? fallback;
}

/** Settings from what the registry holds; what doesn't fit becomes the default. */
export function settingsFrom(composite: Readonly<Record<string, unknown>>): Settings {
  const cap = composite["sampleCap"];
  return {
    defaultWindow: oneOf(WINDOWS, composite["defaultWindow"], DEFAULTS.defaultWindow),
    palette: oneOf(PALETTES, composite["palette"], DEFAULTS.palette),
    sampleCap: Number.isInteger(cap) && (cap as number) > 0 ? (cap as number) : DEFAULTS.sampleCap,
  };
}
