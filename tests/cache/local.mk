# The code cache: bounds, recycling, linking.
