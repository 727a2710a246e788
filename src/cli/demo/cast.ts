/** Who plays in the story; all of them synthetic. */
import { Wallet } from "ethers";
import { Doctor } from "../../roles/doctor.ts";
import { type KeyStore, memoryKeyStore } from "../../roles/keyStore.ts";
import { Patient } from "../../roles/patient.ts";
import type { Rights } from "../../roles/redefinition.ts";
import { Requester } from "../../roles/requester.ts";
import type { World } from "../world.ts";

/** What the views may be asked for, by HL7's codes: treatment and running the hospital, the shared side for research too. */
const purposes = { full: ["TREAT", "HOPERAT"], shared: ["TREAT", "HOPERAT", "HRESCH"] };

/** The paper's example policies, before and after 5.3.2; its figures are lost, these are ours. */
export const rightsBefore: Rights = {
  full: "(role:doctor and org:yzu-hospital) or role:government",
  shared: "(role:doctor and org:yzu-hospital) or role:government or role:researcher or role:insurer",
  purposes,
};
export const rightsAfter: Rights = {
  full: "(role:doctor and org:yzu-hospital) or role:researcher",
  shared: "(role:doctor and org:yzu-hospital) or role:researcher or role:government or role:insurer",
  purposes,
};

export const requesterAttributes = {
  privileged: ["role:doctor", "org:yzu-hospital"],
  general: ["role:researcher"],
  government: ["role:government"],
  expired: ["role:insurer"],
  stranger: [],
} as const satisfies Record<string, readonly string[]>;

export type RequesterName = keyof typeof requesterAttributes;
export const requesterNames = Object.keys(requesterAttributes) as RequesterName[];

export type Cast = {
  doctor: Doctor;
  patient: Patient;
  seedStore: KeyStore;
  requesters: Record<RequesterName, Requester>;
};

/** Everyone, with fresh keys; accounts have money for gas on both local chains. */
export async function assembleCast(world: World): Promise<Cast> {
  const { chains, authorityUrl: authority, gatewayUrl: gateway } = world;
  const doctor = await Doctor.open({
    subject: { commonName: "Synthetic Doctor", organization: "Synthetic Hospital" },
    keyStore: memoryKeyStore(),
    authority,
  });
  const seedStore = memoryKeyStore();
  const { confirmations } = world;
  const patient = await Patient.open({ keyStore: seedStore, chains, authority, gateway, confirmations });
  await world.fund(await patient.address("storage"));
  await world.fund(await patient.address("shared"));
  const requesters = await Promise.all(
    requesterNames.map(async (name) => {
      const requester = await Requester.open({
        keyStore: memoryKeyStore(),
        chains,
        account: Wallet.createRandom(),
        authority,
        gateway,
      });
      return [name, requester] as const;
    }),
  );
  for (const [, requester] of requesters) await world.fund(requester.address);
  return { doctor, patient, seedStore, requesters: Object.fromEntries(requesters) as Cast["requesters"] };
}
