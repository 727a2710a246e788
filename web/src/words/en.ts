/** The English catalogue: every word that the page shows. Each screen's words stand in a file of its own. */
import { authority } from "./en/authority.ts";
import { doctor } from "./en/doctor.ts";
import { errors } from "./en/errors.ts";
import { look } from "./en/look.ts";
import { operators } from "./en/operators.ts";
import { parts } from "./en/parts.ts";
import { patient } from "./en/patient.ts";
import { purposes } from "./en/purposes.ts";
import { requester } from "./en/requester.ts";
import { shell } from "./en/shell.ts";
import { welcome } from "./en/welcome.ts";

export const en = {
  language: "en",
  look,
  errors,
  parts,
  shell,
  welcome,
  patient,
  doctor,
  requester,
  purposes,
  authority,
  operators,
};
