/** The first visit: three sentences, and who one is today. */
import { useLocation } from "wouter";
import { Mark } from "../look/Mark.tsx";
import { Panel } from "../look/Panel.tsx";
import { ScreenTitle } from "../look/ScreenTitle.tsx";
import { StepList } from "../look/StepList.tsx";
import { useSession } from "../session/Session.tsx";
import { useWords } from "../words/useWords.ts";
import styles from "./WelcomeScreen.module.css";

const roles = ["patient", "doctor", "requester", "authority", "operators"] as const;

export function WelcomeScreen() {
  const words = useWords().welcome;
  const { config } = useSession();
  const [, navigate] = useLocation();
  return (
    <>
      <div className={styles.mark}>
        <Mark size={72} />
      </div>
      <ScreenTitle title={words.title} />
      <StepList label={words.title} steps={words.sentences.map((title) => ({ title }))} />
      {config.local === true && (
        <Panel title={words.trying.title}>
          <p>{words.trying.body}</p>
        </Panel>
      )}
      <h2>{words.choose}</h2>
      <ul className={styles.roles}>
        {roles.map((role) => (
          <li key={role}>
            <a
              className={styles.role}
              href={`#/${role}`}
              onClick={(event) => {
                event.preventDefault();
                navigate(`/${role}`);
              }}
            >
              <strong>{words.roles[role].title}</strong>
              <span>{words.roles[role].lead}</span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
