/** Keeps a form while it is filled in: whoever is called away, or has the keys locked meanwhile, finds it again. */
import { useEffect } from "react";
import type { FormValues } from "../engine/doctorForm.ts";
import { useSession } from "../session/Session.tsx";
import { formFields } from "./form.ts";
import type { Occasion } from "./occasion.ts";

/** So long after the last key, in milliseconds. */
const pause = 700;

/** Keeps `values` for an invitation; nothing while there is no occasion. */
export function useKeptForm(occasion: Occasion | undefined, values: FormValues): void {
  const { engine } = useSession();
  const text = occasion?.kind === "new" ? occasion.invitation.text : undefined;
  useEffect(() => {
    if (text === undefined || formFields.every((field) => values[field].trim() === "")) return;
    const timer = setTimeout(() => {
      // Where it can't be kept, the form still stands in the page.
      engine.doctor.keepForm(text, values).catch(() => undefined);
    }, pause);
    return () => clearTimeout(timer);
  }, [engine, text, values]);
}
