// @vitest-environment node
import openapiTS, { astToString } from "openapi-typescript";
import { expect, it } from "vitest";
import standing from "./schema.d.ts?raw";
import schema from "./schema.yaml?raw";

it("the types that stand here are those of the server's schema: npm run schema", async () => {
  const made = astToString(await openapiTS(schema));

  // The command line puts a note above.
  expect(standing.slice(standing.indexOf("export interface paths"))).toBe(made.slice(made.indexOf("export interface paths")));
});
