import clash from "./clash.json";
import keys from "./keys.json";
import versions from "./versions.json";

/** The names of what keys and the command menu do, of fields that two people changed, and of versions. */
export const words = { clash, keys, versions };
