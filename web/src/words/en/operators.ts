/** Words of the operators' room. */
export const operators = {
  title: "What this page works with",
  lead: "Facts for those who run the chains and services. None of them is secret.",
  facts: {
    chainId: "Chain id",
    node: "Node",
    block: "Newest block",
    ledger: "Ledger contract",
    attributes: "Attribute registry",
    keys: "Key registry",
    gateway: "Gateway (keeps the encrypted pieces)",
    authority: "Authority",
    gates: "Gates",
    relayer: "Relayer",
    confirmations: "Blocks until something counts as final",
  },
  gates: (count: number, threshold: number) => `${count}, any ${threshold} open an index together`,
  services: "Services",
  later: "Charts will stand here.",
  laterBody: "Requests, releases and storage over time, for operators and auditors.",
};
