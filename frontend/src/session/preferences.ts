export type Theme = "dark" | "light" | "system";
export type Contrast = "normal" | "high";
export type Motion = "full" | "reduced" | "system";
export type Autoplay = "off" | "hover" | "always";

export interface Preferences {
  readonly language: string;
  readonly theme: Theme;
  readonly contrast: Contrast;
  readonly motion: Motion;
  readonly autoplay: Autoplay;
  readonly sound: boolean;
  readonly notifications: boolean;
  readonly single_keys: boolean;
  /** What becomes of takes that are being made when their shot is deleted. */
  readonly delete_runs: "ask" | "cancel" | "finish";
  readonly duration_s: number;
  readonly takes: number;
  /** The shape of new shots; `source` is that of what they start from. */
  readonly aspect: string;
  readonly enhance: boolean;
  /** How carefully new shots are made, where the model leaves a choice. */
  readonly quality: "draft" | "standard" | "fine";
}

export const QUALITIES = ["draft", "standard", "fine"] as const;

export const DELETE_RUNS = ["ask", "cancel", "finish"] as const;

export const USUAL: Preferences = {
  language: "",
  theme: "dark",
  contrast: "normal",
  motion: "system",
  autoplay: "hover",
  sound: false,
  notifications: false,
  single_keys: true,
  delete_runs: "ask",
  duration_s: 4,
  takes: 2,
  aspect: "source",
  enhance: true,
  quality: "standard",
};

/** Settings as the server keeps them, with the usual ones where nothing sensible is said. */
export function readSettings(stored: Readonly<Record<string, unknown>>): Preferences {
  const read = <Key extends keyof Preferences>(key: Key, allowed?: readonly unknown[]): Preferences[Key] => {
    const value = stored[key];
    const fits = typeof value === typeof USUAL[key] && (allowed === undefined || allowed.includes(value));
    return fits ? (value as Preferences[Key]) : USUAL[key];
  };
  return {
    language: read("language"),
    theme: read("theme", ["dark", "light", "system"]),
    contrast: read("contrast", ["normal", "high"]),
    motion: read("motion", ["full", "reduced", "system"]),
    autoplay: read("autoplay", ["off", "hover", "always"]),
    sound: read("sound"),
    notifications: read("notifications"),
    single_keys: read("single_keys"),
    delete_runs: read("delete_runs", DELETE_RUNS),
    duration_s: read("duration_s"),
    takes: read("takes"),
    aspect: read("aspect"),
    enhance: read("enhance"),
    quality: read("quality", QUALITIES),
  };
}

/** The theme to show: high contrast wins, the system decides where nothing is chosen. */
export function themeToShow(wanted: Preferences, systemIsLight: boolean): "dark" | "light" | "contrast" {
  if (wanted.contrast === "high") return "contrast";
  if (wanted.theme === "system") return systemIsLight ? "light" : "dark";
  return wanted.theme;
}

const LOOK = "look";

/** Keeps how this browser was last dressed, for screens that know nobody. */
export function rememberLook({ theme, contrast, motion }: Preferences): void {
  try {
    localStorage.setItem(LOOK, JSON.stringify({ theme, contrast, motion }));
  } catch {
    // A browser that keeps nothing is dressed as its system wishes.
  }
}

/** How to dress while nobody is known: as this browser was dressed last, else as the system wishes. */
export function lastLook(): Preferences {
  let kept: unknown;
  try {
    kept = JSON.parse(localStorage.getItem(LOOK) ?? "null");
  } catch {
    kept = null;
  }
  return readSettings({ theme: "system", ...(typeof kept === "object" ? kept : null) });
}

/** Dress the page, and keep to the system's wishes while they count; the returned function stops that. */
export function applySettings(wanted: Preferences): () => void {
  const light = window.matchMedia("(prefers-color-scheme: light)");
  const dress = (): void => {
    document.documentElement.dataset.theme = themeToShow(wanted, light.matches);
    document.documentElement.dataset.motion = wanted.motion;
  };
  dress();
  light.addEventListener("change", dress);
  return () => light.removeEventListener("change", dress);
}
