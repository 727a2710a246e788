/** The ratios of the sample, in its order. */
export const sampled = [
  { section: "storage", what: "bytes of traditional / diptych, 1 MB" },
  { section: "storage", what: "bytes of literal / diptych, 1 MB" },
  { section: "chain", what: "gas of bpds-batched / diptych to store, 6 parts" },
  { section: "chain", what: "gas of bpds-batched / diptych to share, 6 parts" },
  { section: "steps", what: "work of bpds-batched / diptych, 6 parts" },
  { section: "changes", what: "new bytes of traditional / diptych, share one part more, 1 MB" },
  { section: "changes", what: "new bytes of traditional / diptych, take one part back, 1 MB" },
  { section: "saturation", what: "throughput of two chains / one, even mix" },
];
