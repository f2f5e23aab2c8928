"""What a message says of a value."""


def short(value, width=60):
    """`value` as it is written in Python, or what an exception says, cut to `width` characters.

    It takes one line, and no longer for what is long; also where `value` cannot be shown.
    """
    if type(value) in (str, bytes, list, tuple):
        value = value[: width + 1]
    try:
        text = str(value) if isinstance(value, Exception) else repr(value)
    except Exception:  # noqa: BLE001 - an object may do anything; an int may have too many digits
        text = f"<{type(value).__name__}>"
    if not text.isprintable():  # the lines of an array
        text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= width else text[: width - 3] + "..."


def said(x):
    """What to say of what is no array: of a list its type, of other things what they are."""
    return f"a {type(x).__name__}" if isinstance(x, list | tuple | dict) else short(x)


def shaped(array):
    """What to say of an array's shape; of a number, which has none, what it is."""
    return f"has shape {array.shape}" if array.ndim else f"is {short(array[()].item())}"
