/** The suite's id in every object, after the format version. Another scheme gets another number. */
export const SUITE = 1;
/** The suite's name, hashed into everything derived under it. */
export const SUITE_NAME = "FABEO-CP-BLS12381-SHA256-SHAKE256-FO";
