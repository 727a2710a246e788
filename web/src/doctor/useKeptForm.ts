/** Keeps the form of a record while it is filled in. */
import type { FormValues } from "../engine/doctorForm.ts";
import { useSession } from "../session/Session.tsx";
import { useKept } from "../session/useKept.ts";
import { formFields } from "./form.ts";
import type { Occasion } from "./occasion.ts";

/** Keeps `values` for an invitation; nothing while there is no occasion. */
export function useKeptForm(occasion: Occasion | undefined, values: FormValues): void {
  const { engine } = useSession();
  const text = occasion?.kind === "new" ? occasion.invitation.text : undefined;
  const begun = text !== undefined && formFields.some((field) => values[field].trim() !== "");
  useKept(begun ? values : undefined, (filled) => engine.doctor.keepForm(text ?? "", filled));
}
