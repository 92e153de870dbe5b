/** What a press of Generate costs. */
export interface Cost {
  readonly takes: number;
  readonly seconds: number;
  readonly total: number;
}

export function costOf(takes: number, seconds: number): Cost {
  return { takes, seconds, total: takes * seconds };
}

export interface Allowance {
  /** Used or promised to takes that run. */
  readonly seconds_today: number;
  readonly seconds_limit: number;
}

/** What a model is told of one shot; longer words are kept, and have to be shortened first. */
export const MOST_PROMPT_CHARACTERS = 4000;

/** Characters as the server counts them: one for a picture sign of two halves. */
export function charactersOf(text: string): number {
  return [...text].length;
}

/** Why Generate cannot be pressed, as a key under `nodes:reason`, or null. */
export type Obstacle = "prompt_empty" | "prompt_too_long" | "parent_not_ready" | "quota" | "offline";

export function secondsLeft(allowance: Allowance): number {
  return Math.max(0, allowance.seconds_limit - allowance.seconds_today);
}

export function obstacle(facts: {
  readonly prompt: string;
  readonly parentReady: boolean;
  readonly cost: Cost;
  readonly allowance: Allowance | null;
  readonly offline: boolean;
}): Obstacle | null {
  if (facts.prompt.trim() === "") return "prompt_empty";
  if (charactersOf(facts.prompt) > MOST_PROMPT_CHARACTERS) return "prompt_too_long";
  if (!facts.parentReady) return "parent_not_ready";
  if (facts.offline) return "offline";
  if (facts.allowance !== null && facts.allowance.seconds_limit > 0 && facts.cost.total > secondsLeft(facts.allowance)) return "quota";
  return null;
}
