/** Opens the desk for an operator's command: that of the running authority, or, when none runs, the home's own role. */
import type { Context } from "../frame/context.ts";
import { authorityAccounts, authorityName } from "../up/authorityProcess.ts";
import { Desk } from "./desk.ts";
import { type Operator, operate, reachOperator } from "./operating.ts";

/** What an authority is called unless it says otherwise. */
export const usualName = "Diptych authority";

/** @throws DiptychError `key-missing` where the home has no authority, `home-locked` when another command works as it */
export async function openDesk(context: Context): Promise<Operator> {
  return (await reachOperator(await context.home(), context.signal)) ?? operate(await openOwnDesk(context));
}

/** The desk over the home's own role; with `name` made at the first time under that name. */
export async function openOwnDesk(context: Context, name?: string): Promise<Desk> {
  const keyStore = await context.role("authority", undefined, { make: name !== undefined });
  const desk = await Desk.open({
    name: await authorityName(keyStore, name ?? usualName),
    keyStore,
    chains: await context.chains(),
    accounts: await authorityAccounts(keyStore),
  });
  context.defer(() => desk.settled());
  return desk;
}
