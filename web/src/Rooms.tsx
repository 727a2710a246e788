/** Which screens stand where, within the frame that all share. */
import {
  IconBuildingBank,
  IconFileText,
  IconHistory,
  IconKey,
  IconPencil,
  IconSearch,
  IconServer,
  IconUsers,
} from "@tabler/icons-react";
import { lazy, type ReactNode, Suspense } from "react";
import { Route, Switch, useLocation } from "wouter";
import { AppShell } from "./look/AppShell.tsx";
import { LoadingState } from "./look/LoadingState.tsx";
import { useConnection, useSession } from "./session/Session.tsx";
import { WelcomeScreen } from "./welcome/WelcomeScreen.tsx";
import { useFormats, useWords } from "./words/useWords.ts";

const PatientRooms = lazy(() =>
  import("./patient/PatientRooms.tsx").then((m) => ({ default: m.PatientRooms })),
);
const DoctorRooms = lazy(() => import("./doctor/DoctorRooms.tsx").then((m) => ({ default: m.DoctorRooms })));
const RequesterRooms = lazy(() =>
  import("./requester/RequesterRooms.tsx").then((m) => ({ default: m.RequesterRooms })),
);
const AuthorityRooms = lazy(() =>
  import("./authority/AuthorityRooms.tsx").then((m) => ({ default: m.AuthorityRooms })),
);
const OperatorsScreen = lazy(() =>
  import("./operators/OperatorsScreen.tsx").then((m) => ({ default: m.OperatorsScreen })),
);

/** Where each role's rooms begin. */
const roles = ["patient", "doctor", "requester", "authority"] as const;
type Role = (typeof roles)[number];

type Place = { id: string; path: string; icon: typeof IconKey };

/** The rooms that stand in the navigation; their names are in each role's words under `nav`. */
const places: Record<Role, readonly Place[]> = {
  patient: [
    { id: "records", path: "/patient", icon: IconFileText },
    { id: "access", path: "/patient/access", icon: IconUsers },
    { id: "timeline", path: "/patient/timeline", icon: IconHistory },
    { id: "keys", path: "/patient/keys", icon: IconKey },
  ],
  doctor: [
    { id: "write", path: "/doctor", icon: IconPencil },
    { id: "certificate", path: "/doctor/certificate", icon: IconBuildingBank },
  ],
  requester: [
    { id: "read", path: "/requester", icon: IconSearch },
    { id: "requests", path: "/requester/requests", icon: IconHistory },
    { id: "attributes", path: "/requester/attributes", icon: IconKey },
  ],
  authority: [
    { id: "queue", path: "/authority", icon: IconUsers },
    { id: "attributes", path: "/authority/attributes", icon: IconKey },
    { id: "certificates", path: "/authority/certificates", icon: IconBuildingBank },
    { id: "operators", path: "/operators", icon: IconServer },
  ],
};

export function Rooms() {
  const [location, navigate] = useLocation();
  const words = useWords();
  const role = roleAt(location);
  return (
    <Frame role={role} location={location} navigate={navigate}>
      <Suspense fallback={<LoadingState label={words.welcome.starting} />}>
        <Switch>
          <Route path="/patient/*?">
            <PatientRooms />
          </Route>
          <Route path="/doctor/*?">
            <DoctorRooms />
          </Route>
          <Route path="/requester/*?">
            <RequesterRooms />
          </Route>
          <Route path="/authority/*?">
            <AuthorityRooms />
          </Route>
          <Route path="/operators">
            <OperatorsScreen />
          </Route>
          <Route>
            <WelcomeScreen />
          </Route>
        </Switch>
      </Suspense>
    </Frame>
  );
}

/** Whose rooms a place is among; the operators' room is one of the authority's, whose navigation has it. */
function roleAt(location: string): Role | undefined {
  const isIn = (path: string) => location === path || location.startsWith(`${path}/`);
  return isIn("/operators") ? "authority" : roles.find((each) => isIn(`/${each}`));
}

type FrameProps = {
  role: Role | undefined;
  location: string;
  navigate: (to: string) => void;
  children: ReactNode;
};

function Frame({ role, location, navigate, children }: FrameProps) {
  const words = useWords();
  const formats = useFormats();
  const { keys, lock, connection } = useSession();
  const { wallet, accounts } = useConnection();
  const names: Record<string, string> = role === undefined ? {} : words[role].nav;
  const nav = (role === undefined ? [] : places[role]).map(({ id, path, icon }) => ({
    id,
    label: names[id] ?? id,
    href: `#${path}`,
    icon,
    current:
      path === `/${role}`
        ? location === path || /^\/(?:records|find|sign)(?:\/|$)/.test(location.slice(path.length))
        : location.startsWith(path),
  }));
  const account = wallet &&
    accounts && {
      label: wallet.info.name,
      detail: formats.shortId(accounts.storage),
      address: accounts.storage,
    };
  const menu = wallet && [
    { id: "disconnect", label: words.welcome.wallet.disconnect, onSelect: () => connection.disconnect() },
  ];
  return (
    <AppShell
      {...(role === undefined ? {} : { role })}
      // Before somebody has said who they are there is nothing to switch.
      roles={role === undefined ? [] : roles.map((id) => ({ id, label: words.shell.roles[id] }))}
      onRole={(id) => navigate(`/${id}`)}
      nav={nav}
      {...(account === undefined ? {} : { account })}
      {...(menu === undefined ? {} : { menu })}
      {...(keys.state === "open" ? { locked: false, onLock: () => void lock() } : {})}
      {...(keys.state === "locked" ? { locked: true } : {})}
      onNavigate={(href, event) => {
        if (!href.startsWith("#")) return;
        event.preventDefault();
        navigate(href.slice(1));
      }}
    >
      {children}
    </AppShell>
  );
}
