"""The words of the field as they are used here, each in one or two plain sentences."""

GLOSSARY: tuple[tuple[str, str], ...] = (
    ("Audience cost", "What a government pays at home when it backs down from a public threat or demand. Here it "
     "adds up with each public word and makes later concessions harder."),
    ("Band", "The range in which a share of the worlds lies in each round. The dark band holds the middle half, the "
     "light one nine worlds in ten."),
    ("Breakdown", "An end with no rung standing and with contact lost or tension high."),
    ("Bundling", "Tying several rungs into one step. One at a time is step by step; all in one is the grand bargain."),
    ("Channel", "How talks are held: in public and directly, or indirectly through a facilitator. Demands made in "
     "public bind; those made indirectly do not."),
    ("Commitment problem", "A promise that both want today may not be kept tomorrow, and both know it. Small steps "
     "that are checked make the promise smaller."),
    ("Comprehensive deal", "An end with every rung of the ladder verified."),
    ("Confidence-building measure", "A small act that costs little and can be checked, meant to show good will "
     "before anything large is asked."),
    ("Controlled engagement", "Talking and pressing at the same time, on two tracks, with each held in check by the "
     "other."),
    ("Costly signal", "A step that a government with bad intentions would rather not take. The more it costs, the "
     "more it tells."),
    ("Deal ladder", "The ordered steps from a first small gesture to the whole settlement. Only the lowest step that "
     "does not stand is in play."),
    ("Doctrine", "The rule by which a state chooses its conduct month by month: answering in kind, making good what "
     "it broke, or taking the first step."),
    ("False alarm", "A report of a violation where there was none. It can cost an innocent side its trust."),
    ("Forgiveness", "Repairing a breach instead of suspending the step. Here it is a chance for the pair."),
    ("Good offices", "What a third party does to keep two sides in contact: inviting, hosting, carrying messages."),
    ("Gradualism", "Starting with steps so small that betraying them hardly pays, and letting them grow as they are "
     "kept."),
    ("GRIT", "Graduated reciprocation in tension reduction: one side announces a conciliatory step on its own, takes "
     "it, and invites an answer (Osgood)."),
    ("Lever", "A value that someone at the table can choose."),
    ("Managed contact", "An end with no rung standing, but with talks going on and tension bounded."),
    ("Misperception", "An act read as its opposite: a friendly one as hostile, or a hostile one as friendly."),
    ("Narrative", "The story in which a side understands the dispute, and the weight it gives to security and to "
     "sovereignty. What a step costs depends on it."),
    ("Noise", "Acts that come out other than they were meant, and acts that are read wrongly."),
    ("Partial arrangement", "An end with some rungs verified, not all."),
    ("Party", "One of the two states that sit at the table of a negotiation."),
    ("Reciprocity", "Answering good will with good will and hostility with hostility. Generous reciprocity lets some "
     "hostile acts pass."),
    ("Reservation value", "The least share of a step's gains that a side would rather take than go without."),
    ("Ripeness", "The moment for talks: both sides hurt, and both see a way out (Zartman). One alone will not do."),
    ("Rung", "One step of the ladder, with what each side gives, who checks it, and how far it can be undone."),
    ("Scrutiny", "Examining a proposal, piece by piece, until one is sure enough to trust or to refuse it."),
    ("Security dilemma", "What one side does to feel safe makes the other feel less so, without anyone meaning harm."),
    ("Seed", "The number from which all dice of a world follow. The same seed gives the same world again."),
    ("Snapback", "Taking back what was given, such as sanctions relief, when the other side breaks the step."),
    ("Spoiler", "A group outside the bargain that attacks it, most of all when a deal comes close."),
    ("Trust", "How likely one side thinks it that the other will keep its word, from 0 to 1, in each direction."),
    ("Turning point", "A round after which the chance of a deal, with the past kept and the future drawn anew, is "
     "clearly another than before it."),
    ("Two-level game", "Every deal is made twice: across the table and at home (Putnam). What home refuses, the table "
     "cannot keep."),
    ("Uncertainty", "A value that nobody at the table chooses; the world does."),
    ("Verification", "Looking whether what was promised is done, by a body that both accept and that can err."),
    ("Veto player", "Someone at home without whose consent a deal fails."),
    ("Win-set", "All deals that would pass at home. The smaller it is, the harder the bargaining, and the better the "
     "reason not to give way."),
    ("World", "One run of the model under one seed. Many worlds together show what the setting makes likely, and how "
     "far luck reaches."),
)  # fmt: skip
