/** docs/evaluation.md, from the results and nothing else. */
import { meetsTarget, round } from "../report.ts";
import { chapters } from "./chapters.ts";
import { print, table } from "./markdown.ts";
import type { Result } from "./results.ts";

type Read = (name: string) => Result | undefined;

/** The page; `pictures` is where they lie, seen from it. */
export function makePage(read: Read, pictures: string): string {
  const names = Object.keys(chapters);
  const results = names.map(read);
  const parts = [
    intro,
    sayings(read),
    aims(results),
    ...names.map((name, at) => chapterOf(name, results[at], pictures)),
    limits,
    machines(results),
  ];
  return `${parts.join("\n\n")}\n`;
}

const intro = `# The paper's evaluation, done again

Made by \`npm run bench:paper\` from the results in [bench/results/paper](../bench/results/paper): JSON and CSV with machine, versions and commit, pictures as SVG
and PNG. Don't edit it.

    npm run bench:paper                  # all of it; goes on where it was stopped
    npm run bench:paper -- storage       # one section anew
    npm run bench:paper -- --full        # the long forms
    npm run bench:check                  # a sample: do the committed ratios still hold?

Chains are simulated unless \`DIPTYCH_STORAGE_URL\` and \`DIPTYCH_SHARED_URL\` name real ones (\`DIPTYCH_STORAGE_KEY\`, \`DIPTYCH_SHARED_KEY\`:
accounts with money there), as for deploying.

## What is compared

All schemes are real and run over the same contracts, ABE, signatures, encryption, gates, gateway and store; \`bench/baselines\` has them,
\`test/bench/baselines.test.ts\` makes sure that each does what it claims.

| scheme | what it is |
| --- | --- |
| traditional | two documents, each signed, encrypted and indexed: the whole record and its shared side; one chain |
| bpds | each shared part extracted, encrypted, indexed and requested by itself; one chain |
| bpds-batched | the same, with a reader's requests in one transaction (EIP-7702) and eight parts an upload |
| bbds-like | the whole record to invited users, a list on one chain |
| literal | the paper, literally: a C_Ki for each part, one url in both indexes; two chains |
| diptych-one-chain | Diptych with both ledgers on one chain |
| diptych | Diptych: one capsule and keyring a view; two chains |

The baselines have none of the paper's holes mended that cost something: no rotation of keys, no lock beside ABE. Where they are cheaper
for it, they are left so.

Records are made of random bytes from a seed. Schemes take turns in every round, so that whatever else the machine does hits all of them;
first rounds, which fill tables and caches, don't count. Times are processor time, medians with the least and the most. Ratios are of
one run. Bytes, gas, ABE operations and transactions are counted; the same run gives them again.`;

/** What the paper says beside what was measured. */
function sayings(read: Read): string {
  const value = (section: string, figure: string) => read(section)?.figures[figure]?.value;
  const last = (section: string, prefix: string) =>
    Object.entries(read(section)?.figures ?? {}).findLast(([name]) => name.startsWith(prefix))?.[1].value;
  const say = (paper: string, measured: string, known: number | undefined) => ({
    paper,
    measured: known === undefined ? "not measured yet" : measured,
  });
  const since = value("storage", "betweenTraditionalAndBpdsFrom");
  const flat = last("response", "flat@");
  const shares = (read("response")?.rows ?? []).filter(
    ({ scheme, users }) => scheme === "diptych" && users === 1,
  );
  const growth = Number(shares.at(-1)?.responseMs) / Number(shares[0]?.responseMs);
  const two = value("saturation", "secondChain@0.5");
  const store = value("chain", "store.diptychGas");
  const moved = last("changes", "bytes.share-one-part-more@");
  const rows = [
    say(
      "Cloud storage lies between the traditional scheme's and BPDS's (6.2.1).",
      `True from ${print(since)} bytes of record on; below, fixed bytes decide.`,
      since,
    ),
    say(
      "The chains hold indexes only (6.2.2).",
      `Two indexes a record, ${print(store)} gas on both chains together, whatever the parts.`,
      store,
    ),
    say(
      "Response time doesn't grow with the number of shared parts; BPDS's does (Fig. 7).",
      `${print(flat)} times that of one part at nine, ${print(round(growth, 3))} times at ${shares.at(-1)?.shared}, since parts must be fetched and opened. BPDS batched: ${print(last("response", "bpds-batchedOverDiptych@"))} times Diptych's at the most parts measured.`,
      flat,
    ),
    say(
      "Two chains answer more users than one (Fig. 8).",
      `${print(two)} times at saturation with an even mix; nothing below saturation, less with an uneven mix.`,
      two,
    ),
    say(
      "Changing parts or rights touches keys, not contents (6.2.4).",
      `True where nobody loses anything (${print(moved)} new bytes for one part more). Where someone does, leaving contents as they are leaves them readable: Diptych encrypts what was lost again.`,
      moved,
    ),
  ];
  return `## What the paper says, and what was measured

The paper's printed wording was not at hand, and its figures tell no set-up: what is compared is what its sections claim, in this sense.

${table(rows, { paper: "the paper", measured: "measured here" })}`;
}

function aims(results: readonly (Result | undefined)[]): string {
  const rows = results.flatMap((result) =>
    Object.entries(result?.figures ?? {})
      .filter(([, { target }]) => target !== undefined)
      .map(([name, figure]) => ({
        section: result!.name,
        figure: name,
        value: figure.value,
        unit: figure.unit,
        aim: `${figure.better === "higher" ? "at least" : "at most"} ${print(figure.target)}`,
        met: meetsTarget(figure) ? "yes" : "no",
      })),
  );
  const missed = rows.filter(({ met }) => met === "no");
  const why = missed.flatMap(({ section, figure }) => explanationOf(section, figure));
  return `## Aims

${rows.length === 0 ? "Nothing was measured yet." : table(rows, { section: "section", figure: "figure", value: "value", unit: "unit", aim: "aim", met: "met" })}${why.length === 0 ? "" : `\n\n${[...new Set(why)].join("\n")}`}`;
}

/** Why an aim isn't met, where that is known. */
function explanationOf(section: string, figure: string): string[] {
  if (section === "storage")
    return [
      "- Storage: what Diptych keeps beside contents is some ten kilobytes a record of nine parts, whatever its size; the table of kinds shows of what.",
    ];
  if (section === "response" && figure.startsWith("flat"))
    return ["- Flatness: the table of work shows what grows with the parts."];
  return [`- ${section}, ${figure}: the section's tables show where it goes.`];
}

function chapterOf(name: string, result: Result | undefined, pictures: string): string {
  const { title, write } = chapters[name]!;
  if (result === undefined) return `## ${title}\n\nNot measured yet: \`npm run bench:paper -- ${name}\`.`;
  const shown = result.pictures.map(
    (each) => `![${each.title}](${pictures}/${name}-${each.name}.svg)\n\n*${each.title}.*`,
  );
  return [`## ${title}`, write(result).trim(), ...shown, `\`${result.command}\``].join("\n\n");
}

const limits = `## Limits

- Chains are simulated: no network between nodes, no consensus, blocks at a fixed interval, a base fee of zero. What is counted (gas, bytes, transactions) is what
  real ones count; what takes time on them isn't told.
- Reader, gates, gateway and chain share one process and two cores. Work is therefore processor time, summed, not a latency: gates work
  at the same time in truth, and BPDS's x releases could be asked for at the same time.
- In the figure of users only chains saturate. How many releases a gate does in a second is in \`npm run bench:gates\`.
- BPDS and BBDS are built from their descriptions, with Diptych's parts: what is compared is how they are built, not their authors' code.
- BPDS batched stores its indexes one by one: a batch would save it 21,000 gas of some 276,000 each.
- BPDS batched needs EIP-7702, which consortium engines may lack.`;

function machines(results: readonly (Result | undefined)[]): string {
  const rows = results.flatMap((result) => {
    if (result === undefined) return [];
    const { name, form, seconds, machine, commit, networks } = result;
    return [
      {
        name,
        form,
        seconds,
        machine: `${machine.processor}, ${machine.cores} cores`,
        system: `${machine.system}, Node ${machine.node}`,
        load: machine.loadAverage ?? "",
        networks: `${networks.storage} / ${networks.shared}`,
        commit,
      },
    ];
  });
  return `## What it ran on

${rows.length === 0 ? "Nothing was measured yet." : table(rows, { name: "section", form: "form", seconds: "seconds", machine: "machine", system: "system", load: "load", networks: "chains", commit: "commit" })}`;
}
