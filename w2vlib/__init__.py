"""word2vec, made fast: the library that the course builds, one module a chapter.

Importing it costs NumPy and nothing else: what draws, downloads or shows progress loads where it
is used.
"""

from w2vlib import machine as machine
from w2vlib.binary import SigmoidWithLoss, sigmoid
from w2vlib.bottlenecks import (
    MatMul,
    OneHotCBOW,
    SoftmaxWithLoss,
    create_contexts_target,
    one_hot,
)
from w2vlib.cluster_text import load_on_cluster
from w2vlib.corpus import Corpus, load_corpus
from w2vlib.embedding import Embedding
from w2vlib.embedding_dot import EmbeddingDot
from w2vlib.engines import train
from w2vlib.evaluation import WordVectors
from w2vlib.negative_sampling import NegativeSamplingLoss
from w2vlib.phrases import join_phrases
from w2vlib.sampler import UnigramSampler
from w2vlib.sparse_gradients import (
    SparseAdaGrad,
    SparseAdam,
    SparseCBOW,
    SparseEmbedding,
    SparseEmbeddingDot,
    SparseGradient,
    SparseNegativeSamplingLoss,
    SparseSGD,
)
from w2vlib.training import CBOW, SGD, Adam, SkipGram, Trainer
from w2vlib.vocabulary import Vocabulary

__version__ = "0.1.0"

__all__ = [
    "CBOW",
    "SGD",
    "Adam",
    "Corpus",
    "Embedding",
    "EmbeddingDot",
    "MatMul",
    "NegativeSamplingLoss",
    "OneHotCBOW",
    "SigmoidWithLoss",
    "SkipGram",
    "SoftmaxWithLoss",
    "SparseAdaGrad",
    "SparseAdam",
    "SparseCBOW",
    "SparseEmbedding",
    "SparseEmbeddingDot",
    "SparseGradient",
    "SparseNegativeSamplingLoss",
    "SparseSGD",
    "Trainer",
    "UnigramSampler",
    "Vocabulary",
    "WordVectors",
    "create_contexts_target",
    "join_phrases",
    "load_corpus",
    "load_on_cluster",
    "one_hot",
    "sigmoid",
    "train",
]
