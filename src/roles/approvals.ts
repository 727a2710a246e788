/** What an authority has approved for whom, kept in its key store: it makes keys for nothing else. */
import { utf8, utf8Decode } from "../core/bytes.ts";
import { Turns } from "../core/turns.ts";
import type { Address } from "../ledger/chain.ts";
import { numericAttribute } from "../policy/index.ts";
import type { KeyStore } from "./keyStore.ts";

type Approval = { account: string; attributes: readonly string[] };

export class Approvals {
  private readonly keyStore: KeyStore;
  private readonly keeping = new Turns();

  constructor(keyStore: KeyStore) {
    this.keyStore = keyStore;
  }

  /** One at a time, so that none is lost to another. */
  keep(account: Address, attributes: readonly string[]): Promise<void> {
    return this.keeping.take(async () => {
      const approvals = [...(await this.all()), { account: account.toLowerCase(), attributes }];
      await this.keyStore.set("authority/approvals", utf8(JSON.stringify(approvals)));
    });
  }

  /** All that was ever approved for an account, each once; of a number's label the value approved last. */
  async of(account: Address): Promise<string[]> {
    const theirs = (await this.all()).filter((each) => each.account === account.toLowerCase());
    return newestValues(theirs.flatMap((each) => each.attributes));
  }

  /** All accounts that something was ever approved for, in lower case, the newest first. */
  async accounts(): Promise<Address[]> {
    return [...new Set((await this.all()).map(({ account }) => account).reverse())];
  }

  private async all(): Promise<Approval[]> {
    const stored = await this.keyStore.get("authority/approvals");
    return stored === undefined ? [] : (JSON.parse(utf8Decode(stored)) as Approval[]);
  }
}

/** Attributes in order of approval, each once; of a number's label the value approved last. */
function newestValues(attributes: readonly string[]): string[] {
  const newest = new Map<string, string>();
  for (const each of attributes) {
    const label = numericAttribute(each)?.label;
    // No attribute ends with a space, so the label stands apart from all plain ones.
    newest.set(label === undefined ? each : `${label} `, each);
  }
  return [...newest.values()];
}
