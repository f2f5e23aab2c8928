"""word2vec, made fast: the library that the course builds, one module a chapter."""
