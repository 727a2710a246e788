/** The record that the main job plays through when none is given: an invented person, in the canonical print. */
export const sampleRecord = `{
  "name": "Synthetic Person 1",
  "gender": "female",
  "dateOfBirth": "1970-01-01",
  "idNumber": "000000-1970-0001 (invented)",
  "symptoms": ["dry cough for three weeks", "fever in the evening", "loss of weight"],
  "diagnosis": { "text": "pulmonary tuberculosis", "icd10": "A15.0", "certainty": "confirmed" },
  "prescription": [
    { "drug": "isoniazid", "dose": "300 mg", "times": "once a day", "days": 180 },
    { "drug": "rifampicin", "dose": "600 mg", "times": "once a day", "days": 180 }
  ],
  "examinationReport": {
    "chestXray": "infiltrate in the left upper lobe",
    "sputum": "acid-fast bacilli, 2+",
    "temperature": 38.20
  },
  "medicalHistory": "appendectomy 1988; no known allergies; grandfather had tuberculosis"
}
`;
