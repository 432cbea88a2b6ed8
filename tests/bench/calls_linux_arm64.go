package main

var archReasons []reason
