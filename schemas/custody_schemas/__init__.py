"""The vocabulary: acts, enums, refusal codes and answers, each declared once."""
