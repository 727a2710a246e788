/** `diptych authority`: what the people of the certification authority do. */
import type { Command } from "commander";
import type {
  AttestOptions,
  CertificateOptions,
  CertifyOptions,
  DryRunOptions,
} from "../authority/deciding.ts";
import type { AuthorityRunOptions } from "../authority/running.ts";
import { acting } from "../frame/acting.ts";
import { examples } from "../frame/examples.ts";

const dryRun = ["--dry-run", "say what would be sent and what gas it would take; send nothing"] as const;
const lifetime = "how long it holds, such as 30d or 1y (default: 1y)";

export function addAuthority(program: Command): void {
  const group = program
    .command("authority")
    .summary("review enrolments and applications, certify, attest, revoke")
    .description(
      "The authority certifies doctors' keys and attests requesters' attributes on both chains. Beside a running `diptych up` or `authority run` these commands reach that process; otherwise they open the authority's role of the home themselves.",
    )
    .addHelpText("after", examples("diptych authority requests", "diptych authority approve 5f3a"));
  addOwn(group);
  addReviews(group);
  addChainActs(group);
  addRun(group);
}

function addOwn(group: Command): void {
  group
    .command("init")
    .summary("make an authority's keys in this home")
    .description(
      "Makes the keys of an authority, sealed under a passphrase, and says which accounts need the authority's role on the chains. `diptych up` does this by itself.",
    )
    .option("--name <name>", "stands in its certificates (default: Diptych authority)")
    .addHelpText("after", examples('diptych authority init --name "Health Authority of Example"'))
    .action(
      acting<{ name?: string }, []>(async (context, options) => {
        const { initAuthority } = await import("../authority/deciding.ts");
        return initAuthority(context, options);
      }),
    );
  group
    .command("show")
    .summary("show the authority's name, keys and accounts")
    .description(
      "Shows who this authority is, whether both chains anchor its keys, and how much waits for a decision.",
    )
    .addHelpText("after", examples("diptych authority show"))
    .action(
      acting(async (context) => {
        const { showAuthority } = await import("../authority/deciding.ts");
        return showAuthority(context);
      }),
    );
  group
    .command("certificate")
    .summary("write the authority's certificate, for verifying offline")
    .description(
      "Writes the authority's certificate (PEM) after holding it against the anchors on both chains. Whoever has it verifies extractions offline.",
    )
    .option("--out <file>", "where to write it (default: stdout)")
    .addHelpText("after", examples("diptych authority certificate --out authority.pem"))
    .action(
      acting<CertificateOptions, []>(async (context, options) => {
        const { writeAuthorityCertificate } = await import("../authority/deciding.ts");
        return writeAuthorityCertificate(context, options);
      }),
    );
}

function addReviews(group: Command): void {
  group
    .command("requests")
    .summary("list what waits for a decision, or show one of them")
    .description(
      "Lists doctors' enrolments and requesters' applications that wait for a decision, or shows one of them with its evidence.",
    )
    .argument("[id]", "an id, how it begins, or next for the oldest")
    .option("--all", "those that are decided, too")
    .addHelpText(
      "after",
      examples(
        "diptych authority requests",
        "diptych authority requests 5f3a",
        "diptych authority requests --all",
      ),
    )
    .action(
      acting<{ all?: boolean }, [id: string | undefined]>(async (context, options, id) => {
        const { listRequests, showRequest } = await import("../authority/reviewing.ts");
        return id === undefined ? listRequests(context, options) : showRequest(context, id);
      }),
    );
  group
    .command("approve")
    .summary("attest what an application asks for")
    .description(
      "Attests the attributes of an application on both chains; the requester can collect a key then.",
    )
    .argument("<id>", "the application, how its id begins, or next for the oldest")
    .option("--for <time>", lifetime)
    .option(...dryRun)
    .addHelpText(
      "after",
      examples("diptych authority approve 5f3a", "diptych authority approve 5f3a --for 30d --dry-run"),
    )
    .action(
      acting<AttestOptions, [id: string]>(async (context, options, id) => {
        const { approve } = await import("../authority/deciding.ts");
        return approve(context, options, id);
      }),
    );
  group
    .command("refuse")
    .summary("refuse an enrolment or application")
    .description("Refuses an enrolment or application; whoever handed it in reads the reason.")
    .argument("<id>", "the enrolment or application, how its id begins, or next for the oldest")
    .requiredOption("--reason <text>", "what its applicant reads")
    .addHelpText("after", examples('diptych authority refuse 5f3a --reason "The staff card has expired."'))
    .action(
      acting<{ reason: string }, [id: string]>(async (context, options, id) => {
        const { refuse } = await import("../authority/reviewing.ts");
        return refuse(context, options, id);
      }),
    );
  group
    .command("certify")
    .summary("certify a doctor's key")
    .description(
      "Certifies the key of a doctor's enrolment; the doctor fetches the certificate with `doctor status`.",
    )
    .argument("<id>", "the enrolment, how its id begins, or next for the oldest")
    .option("--for <time>", lifetime)
    .addHelpText(
      "after",
      examples("diptych authority certify 5f3a", "diptych authority certify 5f3a --for 90d"),
    )
    .action(
      acting<CertifyOptions, [id: string]>(async (context, options, id) => {
        const { certify } = await import("../authority/deciding.ts");
        return certify(context, options, id);
      }),
    );
}

function addChainActs(group: Command): void {
  group
    .command("attest")
    .summary("attest attributes to an account without an application")
    .description(
      "Attests attributes to an account on both chains: to renew them, or after a review elsewhere.",
    )
    .argument("<account>", "the account's address")
    .argument("<attributes...>", "such as role:doctor or 'level = 3'")
    .option("--for <time>", lifetime)
    .option(...dryRun)
    .addHelpText(
      "after",
      examples(
        "diptych authority attest 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 role:doctor org:yzu-hospital --for 90d",
      ),
    )
    .action(
      acting<AttestOptions, [account: string, attributes: string[]]>(
        async (context, options, account, attributes) => {
          const { attest } = await import("../authority/deciding.ts");
          return attest(context, options, account, attributes);
        },
      ),
    );
  group
    .command("revoke")
    .summary("take attributes back on both chains")
    .description(
      "Takes attributes of an account back on both chains: gates release nothing for them from then on. Attribute keys stay with their holder, who opens nothing new with them.",
    )
    .argument("<account>", "the account's address")
    .argument("<attributes...>", "such as role:doctor")
    .option(...dryRun)
    .addHelpText(
      "after",
      examples("diptych authority revoke 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 role:doctor"),
    )
    .action(
      acting<DryRunOptions, [account: string, attributes: string[]]>(
        async (context, options, account, attributes) => {
          const { revoke } = await import("../authority/deciding.ts");
          return revoke(context, options, account, attributes);
        },
      ),
    );
  group
    .command("revoke-certificate")
    .summary("revoke a doctor's certificate for good")
    .description(
      "Revokes a doctor's certificate on both chains, for good: records signed with its key count no longer, whatever their time. Without an argument it lists the certificates that this authority has issued.",
    )
    .argument("[certificate]", "a file (PEM or DER), or the fingerprint")
    .option(...dryRun)
    .addHelpText(
      "after",
      examples(
        "diptych authority revoke-certificate",
        "diptych authority revoke-certificate doctor.pem --dry-run",
      ),
    )
    .action(
      acting<DryRunOptions, [certificate: string | undefined]>(async (context, options, certificate) => {
        const { listCertificates, revokeCertificate } = await import("../authority/deciding.ts");
        return certificate === undefined
          ? listCertificates(context)
          : revokeCertificate(context, options, certificate);
      }),
    );
  group
    .command("anchor")
    .summary("write the hashes of the authority's keys to both chains")
    .description(
      "Writes the hashes of the authority's public key and certificate to both chains where none stand yet; a running authority has done it. Where others stand only the consortium can change them.",
    )
    .option(...dryRun)
    .addHelpText("after", examples("diptych authority anchor --dry-run", "diptych authority anchor"))
    .action(
      acting<DryRunOptions, []>(async (context, options) => {
        const { anchor } = await import("../authority/deciding.ts");
        return anchor(context, options);
      }),
    );
}

function addRun(group: Command): void {
  group
    .command("run")
    .summary("serve as the authority until Ctrl-C")
    .description(
      "Serves as the authority on chains that run elsewhere: takes in enrolments and applications, and hands out attribute keys. `diptych up` runs its own.",
    )
    .option("--host <address>", "address to listen on (default: 127.0.0.1)")
    .option("--port <port>", "port to listen on; 0 takes a free one (default: 8603)")
    .option("--cert <file>", "certificate chain (PEM), to serve HTTPS")
    .option("--key-file <file>", "the certificate's private key (PEM)")
    .option("--officer <address...>", "accounts that may read and decide at the desk with a wallet")
    .addHelpText(
      "after",
      examples(
        "diptych authority run",
        "diptych authority run --host 0.0.0.0 --port 443 --cert chain.pem --key-file key.pem",
      ),
    )
    .action(
      acting<AuthorityRunOptions, []>(
        async (context, options) => {
          const { runAuthority } = await import("../authority/running.ts");
          await runAuthority(context, options);
        },
        { signals: "tells" },
      ),
    );
}
