/** Reads and writes the one configuration file, in the home or elsewhere. */
import { Ajv, type ErrorObject } from "ajv";
import { createScanner, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { utf8Decode } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import type { Home } from "../home/home.ts";
import { type Config, configSchema } from "./schema.ts";

const fileName = "config.json";
/** A configuration is a few kilobytes; nothing larger is parsed. */
const largest = 1 << 20;
/** A configuration has three levels; the parser, which recurses, sees no more than these. */
const deepest = 16;

const validate = new Ajv({ allErrors: true, verbose: true }).compile<Config>(configSchema);

/**
 * Parses a configuration file; `name` stands in the message.
 *
 * @throws DiptychError `config-invalid` with the place in the file and what should stand there
 */
export function parseConfig(bytes: Uint8Array, name: string): Config {
  const value = parseJson(bytes, name);
  if (!validate(value)) {
    const found = [...new Set((validate.errors ?? []).filter(saysSomething).map(faultInWords))];
    throw invalid(
      name,
      found.slice(0, 3).join("; ") + (found.length > 3 ? `; and ${found.length - 3} more` : ""),
    );
  }
  const problem = inconsistency(value);
  if (problem !== undefined) throw invalid(name, problem);
  return value;
}

/** The home's configuration. @throws DiptychError `home-missing` when it has none, `config-invalid` */
export async function readConfig(home: Home): Promise<Config> {
  const bytes = await home.read(fileName);
  if (bytes === undefined)
    throw new DiptychError(
      "home-missing",
      `The home ${home.folder} knows no chains yet: run \`diptych up\`, or \`diptych connect CONFIG\`.`,
    );
  return parseConfig(bytes, home.path(fileName));
}

/** Puts a configuration into the home. */
export async function writeConfig(home: Home, config: Config): Promise<void> {
  await home.write(`${JSON.stringify(config, null, 2)}\n`, fileName);
}

function parseJson(bytes: Uint8Array, name: string): unknown {
  if (bytes.length > largest) throw invalid(name, "it is larger than 1 MiB");
  let text: string;
  try {
    text = utf8Decode(bytes);
  } catch {
    throw invalid(name, "it is not UTF-8");
  }
  if (text.startsWith("\ufeff")) throw invalid(name, "it starts with a byte order mark: save it without one");
  demandShallow(text, name);
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [error] = errors;
  if (error !== undefined)
    throw invalid(name, `line ${lineOf(text, error.offset)}: ${printParseErrorCode(error.error)}`);
  if (tree === undefined) throw invalid(name, "it is empty");
  demandDistinctKeys(tree, text, name);
  return JSON.parse(text);
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** Counts levels by the parser's own tokens. Where brackets don't match it counts more than the parser finds, never fewer. */
function demandShallow(text: string, name: string): void {
  const scanner = createScanner(text, true);
  const expected: string[] = [];
  for (scanner.scan(); scanner.getTokenOffset() < text.length; scanner.scan()) {
    const char = text[scanner.getTokenOffset()];
    if (char === "{" || char === "[") expected.push(char === "{" ? "}" : "]");
    else if (char === expected.at(-1)) expected.pop();
    if (expected.length > deepest)
      throw invalid(
        name,
        `line ${lineOf(text, scanner.getTokenOffset())}: it is nested deeper than ${deepest} levels`,
      );
  }
}

/** JSON.parse takes the last of two equal keys: a reader would believe the first. */
function demandDistinctKeys(tree: Node, text: string, name: string): void {
  const left = [tree];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    const keys = new Set<string>();
    for (const child of node.children ?? []) {
      left.push(child);
      if (node.type !== "object") continue;
      const key = String(child.children?.[0]?.value);
      if (keys.has(key))
        throw invalid(name, `line ${lineOf(text, node.offset)}: ${quote(key)} stands there twice`);
      keys.add(key);
    }
  }
}

/** What the schema can't say. */
function inconsistency({ chains, gates }: Config): string | undefined {
  if (chains.storage.chainId === chains.shared.chainId)
    return "/chains: both have the same chainId; the storage and the shared chain are two chains";
  if (gates === undefined) return undefined;
  for (const side of ["storage", "shared"] as const)
    if (gates[side].length < gates.threshold)
      return `/gates/threshold: ${gates.threshold} is more than there are gates on the ${side} chain`;
  return undefined;
}

/** "must match a schema in anyOf" only repeats what others say better. */
function saysSomething({ keyword, instancePath }: ErrorObject): boolean {
  return instancePath !== "/confirmations" || keyword === "anyOf";
}

function faultInWords({ keyword, instancePath, params, parentSchema, message }: ErrorObject): string {
  const place = instancePath === "" ? "/" : instancePath;
  const description = (parentSchema as { description?: string } | undefined)?.description;
  switch (keyword) {
    case "required":
      return `${place}: ${JSON.stringify(params.missingProperty)} is missing`;
    case "additionalProperties":
      return `${place}: ${quote(String(params.additionalProperty))} is unknown`;
    case "const":
      return `${place}: must be ${JSON.stringify(params.allowedValue)}`;
    default:
      return `${place}: ${description === undefined ? (message ?? "is off") : `must be ${description}`}`;
  }
}

/** What stands in the file, as far as a message has room. */
function quote(key: string): string {
  return JSON.stringify(key.length > 64 ? `${key.slice(0, 64)}...` : key);
}

function invalid(name: string, why: string): DiptychError {
  return new DiptychError(
    "config-invalid",
    `${name} can't be used: ${why}. \`diptych config schema\` says what belongs there.`,
  );
}
