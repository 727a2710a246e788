/** The doctor's screens, and where each stands. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Route, Switch } from "wouter";
import { Ready } from "../session/Ready.tsx";
import { useSession } from "../session/Session.tsx";
import { CertificateScreen } from "./CertificateScreen.tsx";
import { WriteScreen } from "./WriteScreen.tsx";

export function DoctorRooms() {
  return (
    <Ready keys>
      <Forgetful />
      <Switch>
        <Route path="/doctor/certificate">
          <CertificateScreen />
        </Route>
        <Route>
          <WriteScreen />
        </Route>
      </Switch>
    </Ready>
  );
}

/** What was being written doesn't stay once the keys are locked, or the doctor has left. */
function Forgetful() {
  const { engine } = useSession();
  const queries = useQueryClient();
  useEffect(
    () => () => {
      queries.removeQueries({ queryKey: ["doctor"] });
      void engine.doctor.discard();
    },
    [engine, queries],
  );
  return null;
}
