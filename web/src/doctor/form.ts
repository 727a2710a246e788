/** The form of the nine fields: which there are, how each is filled in, and what is missing. */
import type { FormField, FormValues } from "../engine/doctorForm.ts";

/** Where several lines are usual. */
export const longFields: ReadonlySet<FormField> = new Set([
  "symptoms",
  "diagnosis",
  "prescription",
  "examinationReport",
  "medicalHistory",
]);

/** In the order of the paper's nine parts. */
export const emptyForm: FormValues = {
  name: "",
  gender: "",
  dateOfBirth: "",
  idNumber: "",
  symptoms: "",
  diagnosis: "",
  prescription: "",
  examinationReport: "",
  medicalHistory: "",
};

export const formFields = Object.keys(emptyForm) as FormField[];

/** Fields that have to be filled in before this is a record: the name, and something that was found or done. */
export function missingFields(values: FormValues): FormField[] {
  const empty = (field: FormField) => values[field].trim() === "";
  const nothing = formFields.filter((field) => longFields.has(field)).every(empty);
  return [...(empty("name") ? (["name"] as const) : []), ...(nothing ? (["symptoms"] as const) : [])];
}
