"""The glossary: each term as this model uses it, in one or two plain sentences."""

GLOSSARY: tuple[tuple[str, str], ...] = (
    ("Abandonment", "Withdrawal from an agreement in force because tension and distrust have grown, also without a "
     "change of government."),
    ("Audience cost", "What a government pays at home when it backs down from a public threat or demand. Here it "
     "accumulates with each hostile act, threat and public demand, and makes later concessions harder."),
    ("Band", "The range that contains a given share of the worlds in each round. The dark band contains the middle "
     "half, the light band nine worlds in ten."),
    ("Breakdown", "An outcome with no rung verified, and with contact lost or tension high."),
    ("Bundling", "Combining several rungs into one step. With one rung at a time the approach is step by step; with "
     "all rungs in one step it is a grand bargain."),
    ("Channel", "How talks are held: in public and directly, or indirectly through a facilitator. Public demands "
     "bind the government that makes them; demands in indirect talks do not."),
    ("Clarification", "A request to explain a suspicious finding before any accusation. Where inspectors report to "
     "both sides, a second finding within six months is needed for a declared breach."),
    ("Commitment problem", "Both sides know that a promise they want today may not be kept tomorrow. Small, "
     "verified steps limit how much depends on any one promise."),
    ("Comprehensive deal", "An outcome with every rung of the ladder verified."),
    ("Condemned proposal", "A proposal that the other side rejects as deceitful after examining it. It lowers trust "
     "in its author."),
    ("Confidence-building measure", "A small, cheap and verifiable act that signals good will before anything large "
     "is asked."),
    ("Controlled engagement", "Negotiating and exerting pressure at the same time, on two tracks that constrain "
     "each other."),
    ("Core", "The mechanisms, and the few numbers, without which the question of the model cannot be stated. "
     "Everything else is the extended layer."),
    ("Costly signal", "A step that a government with bad intentions would prefer not to take. The more it costs, "
     "the more it reveals about intentions."),
    ("Deal ladder", "The ordered steps from a first small gesture to the full settlement. Only the lowest step that "
     "is not in force can be negotiated."),
    ("Demand", "A public demand backed by a threat. The other side gives way or stands firm; then the threat is "
     "carried out, or the state backs down and pays at home."),
    ("Doctrine", "The rule by which a state chooses its conduct each month: for example reciprocating, making up "
     "for its own breaches, or taking the first step."),
    ("Extended layer", "Mechanisms and numbers that refine a result but are not needed to state one, such as the oil "
     "price, alliances or threats. Each mechanism has a switch."),
    ("Failure", "A refusal, a rejection at home, a breach, a withdrawal, or an agreement ended by force. Failures "
     "make the end of the process of talks more likely."),
    ("False alarm", "A report of a violation that did not happen. It can cost an innocent side its trust."),
    ("Forgiveness", "Repairing a breach instead of suspending the step. Here it is a probability that belongs to "
     "the pair of states."),
    ("Good offices", "What a third party does to keep two sides in contact: inviting, hosting and carrying messages."),
    ("Gradualism", "Starting with steps so small that betrayal hardly pays, and enlarging them as they are honoured."),
    ("GRIT", "Graduated reciprocation in tension reduction: one side announces a conciliatory step on its own "
     "initiative, takes it, and invites the other to reciprocate (Osgood)."),
    ("Habit", "What a doctrine answers to last month's acts. Trust, tension, agreements and pressure add to it."),
    ("Hidden violation", "The share of its obligations that a side evades in secret. It grows until it is found, and "
     "it harms the other side before that."),
    ("Lever", "A value that a participant in the negotiation can choose."),
    ("Managed contact", "An outcome with no rung verified, but with talks continuing and tension limited."),
    ("Misperception", "Reading an act as its opposite: a friendly one as hostile, or a hostile one as friendly."),
    ("Mood", "A tendency of a government to be friendlier or harder than usual for some months, without a cause in "
     "the model. A statistical device."),
    ("Narrative", "How a side understands the dispute, and the weight it gives to security and to sovereignty. The "
     "cost of a step to that side depends on it."),
    ("National means", "What a state can see of the other's compliance on its own, without a verification body."),
    ("Noise", "Acts that are carried out differently from what was intended, and acts that are misread."),
    ("Partial arrangement", "An outcome with some rungs verified, but not all."),
    ("Party", "One of the two states that negotiate with each other."),
    ("Process", "The frame in which talks are held. It can end after failures, and open again by dialogue, good "
     "offices, a new government or a shock."),
    ("Reciprocity", "Answering good will with good will and hostility with hostility. Generous reciprocity leaves "
     "some hostile acts unanswered."),
    ("Record", "A moving average of what a side really did in recent months. Examinations of its proposals read it."),
    ("Reservation value", "The smallest share of a step's gains that a side prefers to no agreement."),
    ("Ripeness", "The condition in which talks can start: both sides are in a hurting stalemate and both see a way "
     "out (Zartman). One condition alone is not enough."),
    ("Rung", "One step of the ladder: what each side gives, who verifies it, and how far it can be reversed."),
    ("Scrutiny", "Examining a proposal finding by finding until the state is confident enough to accept or reject it. "
     "Findings tell about the other side's past acts, not about its intentions."),
    ("Security dilemma", "What one side does to feel safe makes the other feel less safe, although neither intends "
     "harm."),
    ("Seed", "The number that determines all random draws of a world. The same seed reproduces the same world."),
    ("Snapback", "Withdrawing what was given, such as sanctions relief, after the other side breaches the agreement."),
    ("Spell of contact", "An unbroken run of months with talks. Spells start and stop with probabilities that depend "
     "on tension, trust and good offices."),
    ("Spoiler", "A group outside the bargain that attacks it, most often when a deal comes close."),
    ("Stance", "What a particular government holds out for in bargaining, beyond the usual resolve of its state. "
     "Each new government has its own."),
    ("Trust", "One side's estimate, from 0 to 1, of how likely the other side is to keep its word. Each side has "
     "its own."),
    ("Turning point", "A round that clearly changes the probability of a deal. The probability is estimated by "
     "keeping the past and simulating many futures."),
    ("Two-level game", "Every deal is negotiated twice: between the governments and at home (Putnam). A government "
     "cannot keep a deal that its domestic side rejects."),
    ("Uncertainty", "A value that no participant chooses; it describes the environment."),
    ("Use of force", "An event with a stated probability at high tension, where a scenario allows it. It ends "
     "agreements and talks; the model describes no fighting."),
    ("Verification", "Checking that promises are carried out, by a body that both sides accept and that can make "
     "errors."),
    ("Veto player", "A domestic actor without whose consent a deal fails."),
    ("Win-set", "All deals that would be ratified at home. The smaller it is, the harder the bargaining, and the "
     "stronger the negotiator's reason not to concede."),
    ("World", "One run of the model with one seed. Many worlds together show which outcomes a setting makes likely, "
     "and how much varies by chance."),
)  # fmt: skip
