import studio from "./studio.json";

/** What the keeper's screen says. */
export const words = { studio };
