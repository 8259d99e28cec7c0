"""Scores of a linear model, and what its shares expect."""

from libc.math cimport exp

import numpy as np


def score_parts(const float[:, :] table, const double[:, ::1] weights, list parts):
    """Return the scores (n,); see `ranker`. `weights`: float64 (buckets, d)."""
    cdef Py_ssize_t begin, end, bucket, i, k
    out = np.empty(table.shape[1])
    cdef double[::1] scores = out
    for begin, end, bucket in parts:
        for i in range(begin, end):
            scores[i] = table[0, i] * weights[bucket, 0]
        for k in range(1, table.shape[0]):
            for i in range(begin, end):
                scores[i] += table[k, i] * weights[bucket, k]
    return out


def expected(const float[:, :] features, const double[:] scores):
    """Return (shares, features): softmax of the scores (n,), of which there is one at least, and the mean (d,) that they give."""
    cdef Py_ssize_t n = features.shape[0], i, k
    cdef double total = 0.0, sum_
    out_shares, out_mean = np.empty(n), np.empty(features.shape[1])
    cdef double[::1] shares = out_shares, mean = out_mean
    for i in range(n):
        shares[i] = exp(scores[i] - scores[0])
        total += shares[i]
    for i in range(n):
        shares[i] /= total
    for k in range(features.shape[1]):
        sum_ = 0.0
        for i in range(n):
            sum_ += features[i, k] * shares[i]
        mean[k] = sum_
    return out_shares, out_mean
