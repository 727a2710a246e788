/**
 * The table of default sides: change it here, or hand another to `splitRecord`. As in the paper's nine parts (5.1.2),
 * what identifies a person or tells the past is private, what treats is shared. FHIR resource types that aren't in the
 * table are private; so is every envelope, whatever a table says.
 */
import { DiptychError } from "../core/errors.ts";
import { envelopeLabel, type Side } from "./side.ts";

/** Which parts are private and which shared, unless the patient says otherwise. */
export interface SideTable {
  /** By label of the nine parts. */
  emr9: Record<string, Side>;
  /** By FHIR R4 resource type. */
  fhir: Record<string, Side>;
}

const every = (side: Side, names: string): Record<string, Side> =>
  Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, side]),
  );

/** What identifies or tells the past is private, what treats is shared. */
export const defaultSides: SideTable = {
  emr9: {
    ...every("private", "name examinationReport medicalHistory"),
    ...every("shared", "gender dateOfBirth idNumber symptoms diagnosis prescription"),
  },
  fhir: {
    // who: the patient, those around, and where and by whom the patient was seen
    ...every(
      "private",
      `Patient Person RelatedPerson Group Practitioner PractitionerRole Organization OrganizationAffiliation
       Location HealthcareService CareTeam EpisodeOfCare Encounter Appointment AppointmentResponse Schedule Slot`,
    ),
    // who pays
    ...every(
      "private",
      `Account Claim ClaimResponse Coverage CoverageEligibilityRequest CoverageEligibilityResponse
       EnrollmentRequest EnrollmentResponse ExplanationOfBenefit ChargeItem Invoice PaymentNotice
       PaymentReconciliation InsurancePlan Contract`,
    ),
    // the past, and papers that say anything
    ...every(
      "private",
      `FamilyMemberHistory DocumentReference DocumentManifest Composition Bundle Binary Media Communication
       CommunicationRequest Consent Provenance AuditEvent List Basic QuestionnaireResponse Flag Linkage
       MessageHeader Task Parameters OperationOutcome ResearchSubject`,
    ),
    // what treats
    ...every(
      "shared",
      `Condition ClinicalImpression Observation Procedure DiagnosticReport ServiceRequest Specimen ImagingStudy
       AllergyIntolerance AdverseEvent DetectedIssue RiskAssessment BodyStructure MolecularSequence
       Medication MedicationRequest MedicationStatement MedicationAdministration MedicationDispense
       MedicationKnowledge Immunization ImmunizationEvaluation ImmunizationRecommendation Substance
       BiologicallyDerivedProduct CarePlan Goal NutritionOrder RequestGroup VisionPrescription
       Device DeviceRequest DeviceUseStatement DeviceMetric GuidanceResponse`,
    ),
  },
};

/** Entries that take precedence over `defaultSides`. */
export type SideOverrides = { [Section in keyof SideTable]?: Record<string, Side> };

/**
 * Overrides from untrusted JSON such as `{"fhir": {"Encounter": "shared"}}`; throws `record-side-table` saying which
 * entry is wrong.
 */
export function parseSides(value: unknown): SideOverrides {
  const invalid = (why: string) =>
    new DiptychError("record-side-table", `This table of sides can't be used: ${why}.`);
  const quote = (text: string) =>
    JSON.stringify(text.length <= 80 ? text : `${text.slice(0, 80).toWellFormed()}…`);
  const isObject = (each: unknown): each is Record<string, unknown> =>
    typeof each === "object" && each !== null && !Array.isArray(each);
  if (!isObject(value)) throw invalid('it must be an object with "emr9" and "fhir" in it');
  const overrides: SideOverrides = {};
  for (const [section, entries] of Object.entries(value)) {
    if (section !== "emr9" && section !== "fhir") throw invalid(`it has no section ${quote(section)}`);
    if (!isObject(entries)) throw invalid(`its section ${section} must be an object`);
    for (const [name, side] of Object.entries(entries)) {
      if (side !== "private" && side !== "shared")
        throw invalid(`entry ${quote(name)} of ${section} must be "private" or "shared"`);
      if (name === envelopeLabel) throw invalid("an envelope is always private");
      if (section === "emr9" && !Object.hasOwn(defaultSides.emr9, name))
        throw invalid(`emr9 has no part ${quote(name)}`);
    }
    overrides[section] = { ...entries } as Record<string, Side>;
  }
  return overrides;
}

/** The side of a label or resource type under `overrides` over the defaults; unknown ones are private. */
export function sideOf(section: keyof SideTable, name: string, overrides: SideOverrides): Side {
  for (const table of [overrides[section], defaultSides[section]])
    if (table !== undefined && Object.hasOwn(table, name)) return table[name]!;
  return "private";
}
