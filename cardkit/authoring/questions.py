"""What only a person knows about a model: the questions, and what a good answer holds."""

from typing import Final, NamedTuple


class Question(NamedTuple):
    """One section: what to ask, what a good answer holds, and an example of one."""

    topic: str
    ask: str
    good: str
    example: str


QUESTIONS: Final = (
    Question(
        "model-description",
        "What is this model, in a sentence or two?",
        "what it does, on which kind of input, what it was made from",
        "A BERT model that sorts English support mail into twelve queues, fine-tuned from bert-base-cased.",
    ),
    Question(
        "intended-use",
        "Who should use it, and for what?",
        "the task, and the people it is meant for",
        "Support teams that route mail; a person still reads what is routed.",
    ),
    Question(
        "out-of-scope",
        "What must it not be used for?",
        "uses that would go wrong or do harm",
        "Not for deciding about people: it reads tone, not intent.",
    ),
    Question(
        "limitations",
        "Where does it fail?",
        "input it cannot take, errors you saw, what it was not tested on",
        "Mail over 512 tokens is cut; German mail is sorted at random; sarcasm was not tested.",
    ),
    Question(
        "bias-risks",
        "Whom could it treat unfairly or harm, and how do you know?",
        "groups that were looked at, what was found, what was not looked at",
        "Mail by non-native speakers goes to the wrong queue 4 points more often (n=800); age was not looked at.",
    ),
    Question(
        "training-data",
        "What was it trained on?",
        "which data, how much, from where, what was left out",
        "41,000 mails of 2019 to 2023 from one company; mails with health data were removed.",
    ),
    Question(
        "training-procedure",
        "How was it trained?",
        "objective, hyperparameters, hardware, time",
        "Cross entropy, 3 epochs, AdamW at 2e-5, one A100, 40 minutes.",
    ),
    Question(
        "evaluation-results",
        "How good is it?",
        "numbers, the data they come from, what to compare them with",
        "Accuracy 0.91 on 4,000 held-out mails; always choosing the largest queue gives 0.23.",
    ),
    Question(
        "environmental-impact",
        "What did training cost in energy?",
        "hardware, hours, country; emissions if they were measured",
        "One A100 for 40 minutes in Norway, about 0.2 kWh.",
    ),
    Question(
        "citation",
        "How should it be cited?",
        "BibTeX, or author, title, year and address",
        "A. Author (2024): Sorting mail. https://example.org/mail",
    ),
    Question(
        "contact",
        "Whom should people ask?",
        "an address, or where to open an issue",
        "Open a discussion on the Community tab.",
    ),
    Question(
        "factors",
        "For which groups or conditions may results differ?",
        "groups of people, devices, places; which of them were looked at",
        "Length of the mail and first language of the writer; both were looked at.",
    ),
    Question(
        "evaluation-data",
        "Which data was it tested on, and why those?",
        "name, size, how it was chosen and prepared",
        "4,000 mails of 2024, drawn at random from all queues, read by two people.",
    ),
)

HOW_TO_USE: Final = Question(
    "how-to-use",
    "How is it run?",
    "code that can be pasted",
    'pipeline("text-classification", model="acme/mail")',
)
ALL: Final = {question.topic: question for question in (*QUESTIONS, HOW_TO_USE)}
#: Sections that only one style has.
_ONLY: Final = {"factors": "mitchell", "evaluation-data": "mitchell"}


def topics_of(style: str) -> tuple[str, ...]:
    """Return the topics that a style of card has sections for."""
    return tuple(topic for topic in ALL if _ONLY.get(topic, style) == style)
