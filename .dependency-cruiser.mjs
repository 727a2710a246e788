/** Imports run downward only; browser code never reaches a server or Node. */
const below = {
  core: [],
  policy: ["core"],
  abe: ["core", "policy"],
  ces: ["core", "policy"],
  seal: ["core", "policy"],
  record: ["core", "policy", "abe", "ces", "seal"],
  cloud: ["core", "policy", "abe", "ces", "seal", "record"],
  ledger: ["core", "policy", "abe", "ces", "seal", "record"],
  services: ["core", "policy", "abe", "ces", "seal", "record", "cloud", "ledger"],
  roles: ["core", "policy", "abe", "ces", "seal", "record", "cloud", "ledger", "services"],
  cli: ["core", "policy", "abe", "ces", "seal", "record", "cloud", "ledger", "services", "roles"],
};
const serverSide = "^src/(cloud/embedded|services/[a-zA-Z]+Server)\\.ts$";

export default {
  forbidden: [
    ...Object.entries(below).map(([folder, allowed]) => ({
      name: `${folder}-imports-downward`,
      comment: `${folder} may import ${allowed.join(", ") || "nothing"} of ours`,
      severity: "error",
      from: { path: `^src/${folder}/` },
      to: { path: "^src/", pathNot: `^src/(${[folder, ...allowed].join("|")})/` },
    })),
    {
      name: "browser-code-has-no-node",
      severity: "error",
      from: { path: "^src/", pathNot: `^src/cli/|${serverSide}` },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "browser-code-reaches-no-server",
      severity: "error",
      from: { path: "^src/", pathNot: `^src/cli/|${serverSide}` },
      to: { path: serverSide },
    },
    { name: "no-circles", severity: "error", from: { path: "^src/" }, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { extensions: [".ts", ".js", ".json"], conditionNames: ["import", "node", "default"] },
  },
};
