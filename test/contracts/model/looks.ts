/** Everything on one chain that anybody can look at. */
import { keccak256, toBeHex } from "ethers";
import { keySetOf, point } from "../fixture.ts";
import { attributeNames, labelNames, numberNames } from "./acts.ts";
import { type Cast, type Hex, type View, ZERO_WORD } from "./calls.ts";
import type { ChainModel } from "./chainModel.ts";

/** Requests to look at: the newest grants, the newest request, and one that there isn't. */
function requestsOf({ ledger }: ChainModel, most: number): Hex[] {
  return [ZERO_WORD, ...ledger.requests.slice(-1), ...[...ledger.grants.keys()].slice(-most)];
}

/** Where the newest requests stand. */
export const looksAtRequests = (model: ChainModel, most: number): View[] =>
  requestsOf(model, most)
    .slice(1)
    .flatMap((requestId) => [
      { name: "status", requestId },
      { name: "releasable", requestId },
    ]);

/** What everybody would be told now. */
export const looksAtPeople = (model: ChainModel, { people }: Cast): View[] =>
  [...model.ledger.records.keys()].flatMap((ledgerRecordId) =>
    people.map((account, i): View => ({ name: "explainFor", ledgerRecordId, account, purpose: i % 4 })),
  );

/** All that can be seen. */
export function allLooks(model: ChainModel, cast: Cast): View[] {
  const { people, admin, authority, secondAuthority } = cast;
  const records: Hex[] = [...model.ledger.records.keys()];
  const officials = [admin, authority, secondAuthority, people[2]!];
  const keySets = people
    .slice(0, 2)
    .flatMap((dealer) => [1, 2, 3].map((key) => keySetOf(dealer, keccak256(point(key)))));
  return [
    ...requestsOf(model, 25).flatMap((requestId): View[] => [
      { name: "status", requestId },
      { name: "releasable", requestId },
      { name: "grantOf", requestId },
      { name: "explain", requestId },
    ]),
    { name: "record", ledgerRecordId: ZERO_WORD },
    { name: "explainFor", ledgerRecordId: ZERO_WORD, account: admin, purpose: 1 },
    ...records.flatMap((ledgerRecordId): View[] => [
      { name: "record", ledgerRecordId },
      { name: "transferOffer", ledgerRecordId },
      ...people.map((account): View => ({ name: "isBlocked", ledgerRecordId, account })),
    ]),
    ...looksAtPeople(model, cast),
    ...[...model.ledger.blobs.keys()].slice(-10).map((account): View => ({ name: "blob", account })),
    ...people.flatMap((account, i): View[] => [
      { name: "recordsOf", owner: account, pageSize: 1 + (i % 3) },
      { name: "recordCount", owner: account },
      { name: "nonces", owner: account },
      ...attributeNames.map((attribute): View => ({ name: "attestation", account, attribute })),
      ...numberNames.map((number): View => ({ name: "numberAttestation", account, number })),
    ]),
    ...officials.flatMap((account): View[] => [
      { name: "hasRole", contract: "ledger", account },
      { name: "hasRole", contract: "attributes", account },
    ]),
    ...labelNames.map((label): View => ({ name: "labelAuthority", label })),
    ...[0, 1, 2].map((each): View => ({ name: "certificateRevoked", fingerprint: toBeHex(each, 32) })),
    ...keySets.flatMap((keySet): View[] => [
      { name: "keySet", keySet },
      { name: "dealerOf", keySet },
    ]),
    { name: "totalRecords" },
    { name: "paused" },
    { name: "authorityAnchor" },
    { name: "revocationList" },
  ];
}
