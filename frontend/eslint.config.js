// What types do not show: hooks called by their rules, controls that everybody can use, nothing left behind.
import js from "@eslint/js";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "src/api/schema.d.ts"] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  a11y.flatConfigs.recommended,
  {
    plugins: { "react-hooks": hooks },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "no-console": "error",
      "no-undef": "off", // The compiler knows.
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // A dialog that opens at its only field is what its opener asked for.
      "jsx-a11y/no-autofocus": "off",
      // A canvas is an application: arrow keys move in it once it has the focus.
      "jsx-a11y/no-noninteractive-tabindex": ["error", { roles: ["application"], tags: [] }],
      // Lists without bullets stop being lists to VoiceOver unless they say so.
      "jsx-a11y/no-redundant-roles": ["error", { ul: ["list"], ol: ["list"] }],
    },
  },
);
