package transfer

// Fate says what becomes of a table's rows in an archive.
type Fate string

// The fates of a table.
const (
	Exported Fate = "exported"
	Derived  Fate = "derived" // follows from what is exported
	Secret   Fate = "secret"  // belongs to this installation and must not leave it
	House    Fate = "house"   // not about any one person's life
)

// Ledger names every table with its fate.
func Ledger() map[string]Fate {
	return map[string]Fate{
		"account":              Exported, // e-mail and administration are the installation's and stay
		"person":               Exported,
		"person_channel":       Exported,
		"person_date":          Exported,
		"person_fact":          Exported,
		"person_follow_up":     Exported,
		"person_relation":      Exported,
		"person_group":         Exported,
		"person_group_member":  Exported, // with the groups
		"person_photo":         Exported, // with the people
		"person_distinct":      Exported,
		"person_merge":         Exported,
		"moment":               Exported,
		"moment_person":        Derived,
		"moment_tag":           Derived,
		"moment_search":        Derived,
		"import":               Exported,
		"import_card":          Derived, // of a file that waits to be taken over, which its owner has
		"import_item":          Exported,
		"import_change":        Exported,
		"intention":            Exported,
		"practice_own":         Exported,
		"practice_switch":      Exported,
		"guess":                Exported,
		"presence":             Exported, // the code by which guests join is a secret and stays
		"opportunity_answer":   Exported,
		"opportunity_put_away": Exported,
		"opportunity_wish":     Exported,
		"reflection":           Exported, // private words open: the key stays with the installation
		"reflection_week":      Exported,
		"reflection_setting":   Exported,
		"digest_setting":       Exported, // the way out in each mail is a secret and stays
		"digest_mail":          Secret,   // which weeks this installation mailed
		"pulse":                Exported,
		"scale":                Exported,
		"scale_answer":         Exported,
		"calendar":             Exported, // without its password
		"calendar_account":     Exported, // without its password
		"calendar_feed":        Secret,
		"calendar_busy":        Derived,  // read again from where it lives
		"forge_hook":           Exported, // without its address and its secret
		"forge_work":           Exported,
		"forge_mark":           Exported,
		"calendar_item":        Derived,
		"auth_password":        Secret,
		"auth_session":         Secret,
		"auth_token":           Secret,
		"auth_link":            Secret,
		"auth_attempt":         Secret,
		"auth_place":           Secret,
		"auth_passkey":         Secret, // no secret itself, but it opens the door of this installation and of no other
		"auth_recovery":        Secret,
		"auth_ceremony":        House,
		"job":                  House, // hints that are derived from the rest again
		"job_clock":            House,
		"seal_key":             House,
		"job_key":              House,
	}
}
