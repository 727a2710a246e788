/** What the page says about each section: text, tables, and what of the text the numbers decide. */
import type { Row } from "../report.ts";
import { headings, pivot, print, table } from "./markdown.ts";
import type { Result } from "./results.ts";

export type Chapter = { title: string; write: (result: Result) => string };

const figure = (result: Result, name: string) => result.figures[name]?.value ?? Number.NaN;

function pivoted(rows: readonly Row[], key: string, title: string, field: string): string {
  const made = pivot(rows, key, "scheme", field);
  return table(made, headings(key, title, made));
}

function security({ rows }: Result): string {
  const linked = rows.map((row) => ({
    ...row,
    file: `[${String(row.file).split("/").at(-1)}](../${row.file})`,
  }));
  return `Section 6.1 claims four properties. What holds of each, on which assumption, and what doesn't, is in the
[threat model](threat-model.md). The tests below (\`npm test\` runs them; here they are only counted) run the
attack against the paper's literal algorithm, where it works, and against Diptych, where it must not; those on gates, which
the paper doesn't have, against Diptych alone.

${table(linked, { claim: "claim", attack: "attack", tests: "tests", file: "file" })}`;
}

function storage(result: Result): string {
  const { rows, figures } = result;
  const size = rows.filter(({ series }) => series === "size");
  const shown = size.filter(({ recordBytes }) => recordBytes === 1_000_000 || recordBytes === 10_000);
  const nine = shown.length > 0 ? shown : size;
  const times = rows.filter(({ series }) => series === "time");
  const over = Object.entries(figures).filter(([name]) => name.startsWith("overContent@"));
  const since = figure(result, "betweenTraditionalAndBpdsFrom");
  return `Bytes in the cloud by what they are, after Table 2: contents (C_m, padded), keys (C_K: capsules and wrapped keys or keyrings),
signatures (with header, salts and certificate), manifests, the patient's own copy. BPDS stores the shared side only: no
patient gets a whole record back from it.

${table(nine, { scheme: "scheme", recordBytes: "record", content: "contents", keys: "keys", signatures: "signatures", manifests: "manifests", ownCopy: "own copy", total: "all", overRecord: "/ record", capsules: "ABE operations" })}

Is "between traditional and BPDS" true? ${
    since > 0
      ? `From a record of ${print(since)} bytes on, it is, among the sizes measured. Below, the fixed bytes of a record decide: keys, signatures, manifests and the patient's own copy.`
      : "Not at the largest size measured."
  }

All bytes over those of the contents alone, for records over 1 MB (aim: at most 1.03): ${over.map(([name, { value }]) => `${print(Number(name.split("@")[1]))} bytes: ${print(value)}`).join("; ")}.

By size (all bytes over those of the record; 9 parts, 6 shared):

${pivoted(size, "recordBytes", "record", "overRecord")}

By number of parts (1 MB, two thirds shared), the same:

${pivoted(
  rows.filter(({ series }) => series === "parts"),
  "parts",
  "parts",
  "overRecord",
)}

By shared parts of ten (1 MB), the same:

${pivoted(
  rows.filter(({ series }) => series === "ratio"),
  "shared",
  "shared",
  "overRecord",
)}

Time to seal a record, and to upload and index it (median of processor time, with the least and the most; client, gateway and
simulated chains in one process):

${table(times, { scheme: "scheme", recordBytes: "record", sealMs: "seal, ms", sealMinMs: "least", sealMaxMs: "most", uploadAndIndexMs: "upload and index, ms", uploadAndIndexMinMs: "least", uploadAndIndexMaxMs: "most" })}`;
}

function chain({ rows }: Result): string {
  const most = Math.max(...rows.map((row) => Number(row.shared)));
  const shown = rows.filter((row) => row.shared === most);
  return `What storing one record and sharing it once leave on each chain, with ${most} shared parts. State counts 64 bytes for each new slot (its key
and its value) and each byte of code; events are not state. The first record of a patient on a chain, which costs more, was
stored before.

${table(shown, { act: "act", scheme: "scheme", chain: "chain", indexes: "indexes", transactions: "transactions", gas: "gas", calldata: "calldata", events: "events", slots: "slots", code: "code", stateBytes: "state" })}

Gas on both chains against the number of shared parts is in the pictures.`;
}

function response(result: Result): string {
  const { rows } = result;
  const one = rows.filter(({ users }) => users === 1);
  const lacking = one.length * 3 - rows.length;
  return `From the request's transaction to verified plaintext. The chain part is in the chain's own time: blocks of 30 million gas every
second, each user starting at a random moment; the time is that of the block with the last transaction of the share. The
work part is what reader, gates and gateway do after that: their processor time, one after the other, in one process. The
response time is the sum; networks add round trips (their number is in the next section), which would only add to what BPDS does x
times. Blocks to wait for finality add the same to every scheme.

Response time in milliseconds, one user:

${pivoted(one, "shared", "shared parts", "responseMs")}

Its chain part alone, one hundred users at once, in milliseconds:

${pivoted(
  rows.filter(({ users }) => users === 100),
  "shared",
  "shared parts",
  "chainMs",
)}

The work alone, in milliseconds of processor time:

${pivoted(one, "shared", "shared parts", "workMs")}

${lacking > 0 ? `${lacking} points with more than 3,000 transactions are left to the full form.` : ""}`;
}

function steps({ rows }: Result): string {
  const traffic = rows.filter(({ part }) => part === "traffic");
  return `Median of processor time by step, six shared parts: the request's transaction (simulated chain included), the release by two of three
gates (gates included), fetching (gateway included), ABE, and the rest of opening: keyring, contents, signature, certificate.

${pivoted(
  rows.filter(({ part }) => part === "time"),
  "step",
  "step",
  "ms",
)}

Round trips and bytes of one share, bodies only. Reads of the chain are batched by ethers where they come together; what waits for
a block isn't counted.

${table(traffic, { scheme: "scheme", serviceCalls: "to gates and gateway", serviceBytesUp: "bytes up", serviceBytesDown: "bytes down", chainCalls: "to the chain", chainBytesUp: "bytes up", chainBytesDown: "bytes down" })}`;
}

function saturation(result: Result): string {
  const { rows, figures } = result;
  const users = rows.filter(({ part }) => part === "users");
  const mix = rows.filter(({ part }) => part === "mix");
  const best = Object.entries(figures)
    .filter(([name]) => name.startsWith("saturationPerSecond."))
    .map(([name, { value }]) => {
      const scheme = name.split(".")[1]!;
      const own = users.filter((row) => row.scheme === scheme);
      const knee = own.find((row) => Number(row.perSecond) >= 0.95 * value);
      return {
        scheme,
        perSecond: value,
        limit: own[0]!.limitPerSecond!,
        knee: knee!.users!,
        most: own.at(-1)!.users!,
      };
    });
  const gain = (share: number) => print(figure(result, `secondChain@${share}`));
  const shares = [...new Set(mix.map((row) => Number(row.storageShare)))].sort((a, b) => a - b);
  const fifty = figure(result, "secondChain@0.5");
  const flattest = shares[0]!;
  return `Users in a closed loop: each asks, waits for the block that answers, thinks 4 seconds on average, asks again. Blocks of 2 million
gas every second on every chain, which is a fifteenth of what engines take: all rates grow in proportion to the gas. Half of the
requests are for whole records, half for shared sides of six parts; for BPDS, which has no whole records, all are for shared
sides. The first 10 blocks don't count, the next 32 do. Users double until twice as many get 2% more done at most. Time is
the chain's, so this machine's load plays no part. Only what the chains do is in it: gates and gateways are many and independent.

${table(best, { scheme: "scheme", perSecond: "shares a second at saturation", limit: "the chains' own limit", knee: "users at the knee (95%)", most: "users tried" })}

Mean response time in seconds:

${pivoted(users, "users", "users", "meanS")}

99th percentile:

${pivoted(users, "users", "users", "p99S")}

Mixes of requests for whole records (storage ledger) to requests for shared sides (shared ledger), at saturation, in shares a second:

${pivoted(mix, "storageShare", "whole records", "perSecond")}

Where the second chain helps and where it doesn't: with an even mix Diptych on two chains does ${print(fifty)} times what it does on one.
With ${flattest * 100}% of the requests on one side it is ${gain(flattest)} times: the busier chain fills up and the other idles, so the gain is
one over the busier side's share. Below saturation the second chain changes nothing: the mean response of one user is half a
block with either. One chain with blocks of twice the gas would do the same; what the second chain adds beyond that is
that no one chain's members see both sides.`;
}

function changes({ rows }: Result): string {
  const sizes = [...new Set(rows.map((row) => Number(row.recordBytes)))];
  const shown = sizes.includes(1_000_000) ? 1_000_000 : sizes[0]!;
  return `What a change of parts or rights takes (section 5.3), for a record of 9 parts, 6 of them shared. \`diptych-without-rotation\` is no scheme to use: it
leaves keys as they are when someone loses a part, which is what the paper does, so that the difference shows what rotation costs.
BBDS changes a list on the chain and leaves the key with those who are no longer on it. "no" means that the scheme can't.

A record of ${print(shown)} bytes:

${table(
  rows.filter((row) => row.recordBytes === shown),
  {
    act: "change",
    scheme: "scheme",
    possible: "possible",
    newBytes: "new bytes",
    contentBytes: "of contents",
    abeOperations: "ABE operations",
    transactions: "transactions",
    gas: "gas",
    ms: "ms",
    minMs: "least",
    maxMs: "most",
  },
)}

New bytes against the record's size:

${[...new Set(rows.map((row) => String(row.act)))]
  .map(
    (act) =>
      `${act}:\n\n${pivoted(
        rows.filter((row) => row.act === act && row.possible === "yes"),
        "recordBytes",
        "record",
        "newBytes",
      )}`,
  )
  .join("\n\n")}`;
}

function ablations({ rows }: Result): string {
  const of = (name: string) => rows.filter(({ ablation }) => ablation === name);
  return `A capsule for each view, as Diptych has it, or for each part, as the paper's C_Ki:

${table(of("capsule"), { variant: "capsules", parts: "parts", sealMs: "seal, ms", openMs: "open the shared side, ms", keyBytes: "bytes of keys" })}

A release by t of n gates or by one, which then could open every index alone (milliseconds of processor time, all gates and the reader):

${table(of("gates"), { variant: "gates", releaseMs: "release, ms", releaseMinMs: "least", releaseMaxMs: "most" })}

The second lock, sigma: opening a keyring of 2,000 bytes with it or without, and its bytes in the index. Without it whoever holds
an attribute key and finds the ciphertext reads for ever:

${table(of("sigma"), { variant: "lock", openMs: "open, ms", indexBytes: "bytes in the index" })}

What rotation on narrowing costs stands in the section before: \`diptych\` less \`diptych-without-rotation\`.`;
}

function growth({ rows }: Result): string {
  const shown = (field: string) => {
    const made = pivot(
      rows.filter((row) => row[field] !== undefined),
      "records",
      "act",
      field,
    );
    return table(made, headings("records", "ledger records", made));
  };
  return `Each act on a record just published, among so many of another owner on the same chain. Views cost no gas; theirs shows whether
anything is scanned.

${shown("gas")}

Milliseconds of processor time of the simulated node. An audit asks for the events of one record from the first block on: that
is the node's index of events, which real engines keep better than this one.

${shown("ms")}`;
}

export const chapters: Readonly<Record<string, Chapter>> = {
  security: { title: "The four claims of security (6.1)", write: security },
  storage: { title: "Bytes in the cloud (6.2.1, Table 2)", write: storage },
  chain: { title: "On the chains (6.2.2)", write: chain },
  response: { title: "Response time against shared parts (Fig. 7)", write: response },
  steps: { title: "Where a share's time goes, and what it sends", write: steps },
  saturation: { title: "Users, saturation, and the second chain (Fig. 8)", write: saturation },
  changes: { title: "Changing parts and rights (6.2.4)", write: changes },
  ablations: { title: "What each addition costs", write: ablations },
  growth: { title: "Cost against the number of records", write: growth },
};
