/** Where the link of a patient's invitation leads in this page; the invitation follows. */
export const signPlace = "/doctor/sign/";
