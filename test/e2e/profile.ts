/** One person's browser profile: own storage, own wallet, and everything that went wrong in it. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { en } from "../../web/src/words/en.ts";
import type { Stage } from "./stage.ts";
import { TestWallet, type TestWalletOptions } from "./testWallet.ts";

/** Where traces of failed journeys go. */
const traces = join(import.meta.dirname, "..", "..", "traces");

export type ProfileOptions = {
  wallet?: Partial<TestWalletOptions>;
  context?: BrowserContextOptions;
  /** Accounts get money for gas unless said otherwise. */
  penniless?: boolean;
};

export const passphrase = "four plain words together";

export class Profile {
  readonly context: BrowserContext;
  readonly wallet: TestWallet;
  /** The window that the journey is in. */
  page: Page;
  readonly stage: Stage;
  /** Console errors, exceptions and refusals of the Content-Security-Policy. */
  private readonly complaints: string[] = [];
  private readonly expected: RegExp[] = [];

  private constructor(stage: Stage, context: BrowserContext, wallet: TestWallet, page: Page) {
    this.stage = stage;
    this.context = context;
    this.wallet = wallet;
    this.page = page;
  }

  static async open(stage: Stage, options: ProfileOptions = {}): Promise<Profile> {
    const { chains } = stage.config;
    const nodes = {
      [chains.storage.chainId]: chains.storage.rpc,
      [chains.shared.chainId]: chains.shared.rpc,
    };
    const wallet = new TestWallet({ nodes, ...options.wallet });
    if (options.penniless !== true)
      await Promise.all(wallet.accounts.map(({ address }) => stage.world.fund(address)));
    const context = await stage.browser.newContext({
      viewport: { width: 1280, height: 900 },
      locale: "en-GB",
      timezoneId: "Europe/Berlin",
      reducedMotion: "reduce",
      acceptDownloads: true,
      ...options.context,
    });
    context.setDefaultTimeout(60_000);
    await context.tracing.start({ screenshots: false, snapshots: true });
    await wallet.install(context);
    const page = await context.newPage();
    const profile = new Profile(stage, context, wallet, page);
    profile.watch(page);
    context.on("page", (each) => profile.watch(each));
    await page.goto(stage.url);
    return profile;
  }

  private watch(page: Page): void {
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("dialog", (dialog) => {
      this.complaints.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  /** Complaints that fit one of these are no failure from now on. */
  expect(...patterns: RegExp[]): void {
    this.expected.push(...patterns);
  }

  /** Complaints since the last call that nobody expected. */
  takeComplaints(): string[] {
    return this.complaints.splice(0).filter((each) => !this.expected.some((pattern) => pattern.test(each)));
  }

  /** Goes to a place of the page by its address, as a link would. */
  async goTo(place: string): Promise<void> {
    await this.page.goto(`${this.stage.url}/#${place}`);
  }

  /** Another window of the same browser. */
  openWindow(): Promise<Page> {
    return this.context.newPage();
  }

  /** Does something in another window. */
  async in(window: Page, act: () => Promise<void>): Promise<void> {
    const before = this.page;
    this.page = window;
    try {
      await act();
    } finally {
      this.page = before;
    }
  }

  button(name: string | RegExp) {
    return this.page.getByRole("button", { name, exact: typeof name === "string" });
  }

  /** What says just this, and nothing besides. */
  says(text: string) {
    return this.page.getByText(text, { exact: true });
  }

  heading(name: string | RegExp) {
    return this.page.getByRole("heading", { name, exact: typeof name === "string" });
  }

  /** Makes keys in this browser, and connects the test wallet. */
  async settle(): Promise<void> {
    await this.makeKeys();
    await this.connect();
  }

  async makeKeys(): Promise<void> {
    const { look } = en;
    await this.page.getByLabel(look.passphrase.new).fill(passphrase);
    await this.page.getByLabel(look.passphrase.repeat).fill(passphrase);
    await this.button(look.passphrase.set).click();
  }

  async connect(): Promise<void> {
    await this.button(en.welcome.wallet.connect("Test wallet")).click();
  }

  async lock(): Promise<void> {
    const { look } = en;
    const name = this.page.getByRole("banner").getByRole("button");
    await name.last().click();
    await this.page.getByRole("menuitem", { name: look.lock }).click();
  }

  async unlock(): Promise<void> {
    await this.page.getByLabel(en.look.passphrase.current).fill(passphrase);
    await this.button(en.look.passphrase.unlock).click();
  }

  /** Keeps a trace of all that happened, and a picture of how it ended. */
  async keepTrace(name: string, number: number): Promise<void> {
    mkdirSync(traces, { recursive: true });
    const path = join(traces, `${name.replace(/[^\w]+/g, "-").slice(0, 100)}-${number}`);
    await this.page
      .screenshot({ path: `${path}.png`, fullPage: true, timeout: 5_000 })
      .catch(() => undefined);
    await this.context.tracing.stop({ path: `${path}.zip` });
  }

  async close(): Promise<void> {
    await this.context.close();
    this.wallet.close();
  }
}
