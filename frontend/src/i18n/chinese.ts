import { byFeature } from "./features";
import type { Words } from "./features";

const files = import.meta.glob<Words>("./zh-CN/*.json", { eager: true, import: "default" });

/** All Chinese words by feature. */
export const words = byFeature(files);
