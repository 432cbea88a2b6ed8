package main

import (
	"encoding/json"
	"math"
	"slices"
)

// sample is the measured values of one thing, in one unit throughout.
type sample []float64

// summary is what is told of a sample.
type summary struct {
	N      int     `json:"n"`
	Min    float64 `json:"min"`
	Q1     float64 `json:"q1"`
	Median float64 `json:"median"`
	Q3     float64 `json:"q3"`
}

func (s sample) summary() summary {
	s = slices.Sorted(slices.Values(s))
	return summary{len(s), s.quantile(0), s.quantile(0.25), s.quantile(0.5), s.quantile(0.75)}
}

// quantile interpolates between the two nearest values of a sorted sample. It is
// NaN for an empty one.
func (s sample) quantile(q float64) float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	at := q * float64(len(s)-1)
	i := int(at)
	if i+1 == len(s) {
		return s[i]
	}
	return s[i] + (at-float64(i))*(s[i+1]-s[i])
}

// exponent fits y = a + b·n^k to a curve that begins at n's smallest value, and
// returns k: by least squares over the logarithms of n and of what y is above
// its first value. Points that are not above it say nothing and are left out;
// fewer than two others are NaN.
func exponent(n, y []float64) float64 {
	var sx, sy, sxx, sxy, count float64
	for i := 1; i < len(n); i++ {
		// Below a tenth of the first value the rest is noise.
		if y[i]-y[0] < y[0]/10 {
			continue
		}
		lx, ly := math.Log(n[i]), math.Log(y[i]-y[0])
		sx, sy, sxx, sxy, count = sx+lx, sy+ly, sxx+lx*lx, sxy+lx*ly, count+1
	}
	if count < 2 {
		return math.NaN()
	}
	return (count*sxy - sx*sy) / (count*sxx - sx*sx)
}

// A figure is a number that may be unknown: NaN, and null in JSON.
type figure float64

func (f figure) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(f)) || math.IsInf(float64(f), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(f))
}

func (f *figure) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*f = figure(math.NaN())
		return nil
	}
	return json.Unmarshal(text, (*float64)(f))
}
