import type { paths } from "./schema";

/** A path of the schema with its parameters filled in: `/takes/{take_id}` takes any id. */
type Filled<Path extends string> = Path extends `${infer Before}{${string}}${infer After}` ? `${Before}${string}${Filled<After>}` : Path;

type Known<Full> = Full extends `/api/v1${infer Path}` ? Filled<Path> : never;

/** Every address that the server has, with or without a question behind it. What is not in the schema does not compile. */
export type ApiPath = Known<keyof paths> | `${Known<keyof paths>}?${string}`;
