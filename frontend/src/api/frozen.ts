import type { components } from "./schema";

export type Schemas = components["schemas"];

/** A value of the server: nobody here changes it in place. */
export type Frozen<Value> = Value extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Frozen<Value[Key]> }
    : Value;

/** A schema whose fields are known more closely here than it says. Only fields that it has can be named. */
export type Narrowed<Value, Changes extends { readonly [Key in keyof Value]?: unknown }> = Frozen<Omit<Value, keyof Changes>> & Readonly<Changes>;
