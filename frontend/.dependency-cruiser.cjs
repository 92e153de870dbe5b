// Who may import whom: screens stand above features, features above what all share; nothing goes round in circles.
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "shared-knows-no-feature",
      comment: "ui, api, realtime and i18n serve everybody, so they know nobody.",
      severity: "error",
      from: { path: "^src/(ui|api|realtime)/" },
      to: { path: "^src/(canvas|nodes|takes|player|projects|library|film|queue|settings|studio|session|share)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: false,
    exclude: { path: "\\.test\\.tsx?$|schema\\.d\\.ts$" },
  },
};
