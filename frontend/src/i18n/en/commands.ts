import clash from "./clash.json";
import keys from "./keys.json";

/** The names of what keys and the command menu do, and of fields that two people changed. */
export const words = { clash, keys };
