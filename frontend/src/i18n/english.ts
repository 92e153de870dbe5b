import { byFeature } from "./features";
import type { Words } from "./features";

const files = import.meta.glob<Words>("./en/*.json", { eager: true, import: "default" });

/** All English words by feature. */
export const words = byFeature(files);
