import keys from "./keys.json";

/** The names of what keys and the command menu do. */
export const words = { keys };
