/** Words that stand on every screen: names of roles, places and the page itself. */
export const shell = {
  name: "Diptych",
  line: "Your medical record: one side stays private, one you share.",
  roles: {
    patient: "Patient",
    doctor: "Doctor",
    requester: "Reader",
    authority: "Authority",
  },
};
