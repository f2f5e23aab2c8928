"""Whether a training still learns, and what to keep where it does not."""

import contextlib

import numpy as np

SOUND = 1000  # no number of a sound matrix of vectors comes near it; some 30 is much


def is_sound(matrix):
    """Whether all of its numbers are those of vectors, and neither NaN nor beyond all bounds."""
    return bool(-SOUND < matrix.min() and matrix.max() < SOUND)  # a comparison with NaN is False


def finite(loss):
    """Raise FloatingPointError for a loss that is no number any more."""
    if not np.isfinite(loss):
        raise FloatingPointError(f"the loss is {loss}")


@contextlib.contextmanager
def divergence(model, optimizer, epoch):
    """A context for an epoch; if it diverges, the parameters become what they were before, and
    FloatingPointError says so."""
    kept = {id(param): (param, param.copy()) for param in model.params}.values()
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # the error tells
            yield
        if not all(is_sound(param) for param, _ in kept):
            raise FloatingPointError
    except FloatingPointError:
        for param, before in kept:
            param[...] = before
        lr = getattr(optimizer, "lr", None)
        cure = f"lr is {lr:g}, try {lr / 4:g}" if lr else "take a smaller learning rate"
        raise FloatingPointError(
            f"the training diverged in epoch {epoch + 1}: {cure}, in a new optimizer; the model "
            "has the parameters that it had before that epoch"
        ) from None
