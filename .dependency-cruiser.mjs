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
const serverSide = "^src/(cloud/embedded[a-zA-Z]*|services/[a-zA-Z]+Server)\\.ts$";

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
    {
      name: "page-uses-the-public-faces",
      comment: "the page imports the SDK as its users do",
      severity: "error",
      from: { path: "^web/src/" },
      to: { path: "^src/", pathNot: "^src/(index|[a-z]+/index)\\.ts$" },
    },
    {
      name: "look-knows-no-engine",
      comment: "what screens are put together from is driven by plain props",
      severity: "error",
      from: { path: "^web/src/(look|words)/" },
      to: { path: "^web/src/(?!look/|words/)" },
    },
    {
      name: "engine-shows-nothing",
      comment: "what works with keys and plaintext runs in a worker and has no screens",
      severity: "error",
      from: { path: "^web/src/engine/" },
      to: { path: "^web/src/(?!engine/)|node_modules/(react|react-dom|@mantine)/" },
    },
    { name: "no-circles-in-the-page", severity: "error", from: { path: "^web/src/" }, to: { circular: true } },
    { name: "no-circles", severity: "error", from: { path: "^src/" }, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { extensions: [".ts", ".js", ".json"], conditionNames: ["import", "node", "default"] },
  },
};
