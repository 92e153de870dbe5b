import home from "./home.json";

/** What the first screen says. */
export const words = { home };
