"""What only a person knows about a model: the questions, and the notes that stand for answers."""

from typing import Final, NamedTuple


class Question(NamedTuple):
    """One section: what to ask, what a good answer holds, and the note left when nobody answers."""

    topic: str
    title: str
    ask: str
    good: str
    todo: str


QUESTIONS: Final = (
    Question(
        "model-description",
        "Model description",
        "What is this model, in a sentence or two?",
        "what it does, on which kind of input, what it was made from",
        "say what the model is",
    ),
    Question(
        "intended-use",
        "Intended uses",
        "Who should use it, and for what?",
        "the task, and the people it is meant for",
        "say who should use the model, and for what",
    ),
    Question(
        "out-of-scope",
        "Out-of-scope use",
        "What must it not be used for?",
        "uses that would go wrong or do harm",
        "say what the model must not be used for",
    ),
    Question(
        "limitations",
        "Limitations",
        "Where does it fail?",
        "input it cannot take, errors you saw, what it was not tested on",
        "say where the model fails",
    ),
    Question(
        "bias-risks",
        "Bias and risks",
        "Whom could it treat unfairly or harm, and how do you know?",
        "groups that were looked at, what was found, what was not looked at",
        "say what bias and risks were looked at and found",
    ),
    Question(
        "training-data",
        "Training data",
        "What was it trained on?",
        "which data, how much, from where, what was left out",
        "say what the model was trained on",
    ),
    Question(
        "training-procedure",
        "Training procedure",
        "How was it trained?",
        "objective, hyperparameters, hardware, time",
        "say how the model was trained",
    ),
    Question(
        "evaluation-results",
        "Evaluation results",
        "How good is it?",
        "numbers, the data they come from, what to compare them with",
        "say how good the model is, and on which data",
    ),
    Question(
        "environmental-impact",
        "Environmental impact",
        "What did training cost in energy?",
        "hardware, hours, country; emissions if they were measured",
        "say what training cost in energy",
    ),
    Question(
        "citation",
        "Citation",
        "How should it be cited?",
        "BibTeX, or author, title, year and address",
        "say how to cite the model",
    ),
    Question(
        "contact",
        "Contact",
        "Whom should people ask?",
        "an address, or where to open an issue",
        "say whom to ask",
    ),
)

HOW_TO_USE: Final = Question(
    "how-to-use",
    "How to use",
    "How is it run?",
    "code that can be pasted",
    "show code that runs the model",
)
ALL: Final = {question.topic: question for question in (*QUESTIONS, HOW_TO_USE)}
